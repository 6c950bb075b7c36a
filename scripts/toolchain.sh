# Sourced by the other scripts: puts the tools that setup made in front of PATH, and changes nothing else of itself.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Outside the clone, because the tools take minutes to build and serve every clone of this machine.
tools=${ASTROLABE_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/astrolabe-client}

wasm_pack_version=0.15.1
# The CLI and the crate must be of one version: wasm-bindgen refuses anything else.
wasm_bindgen_version=$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p;}' "$root/Cargo.lock")

wasm_pack_dir=$tools/wasm-pack-$wasm_pack_version
wasm_bindgen_dir=$tools/wasm-bindgen-cli-$wasm_bindgen_version
# What components are made and run with: scripts/component-tools installs it.
component_tools=$tools/component-$(cksum <"$root/scripts/component-requirements.txt" | cut -d ' ' -f 1)

rustc_has_wasm() { # the standard library for wasm32 beside the rustc that PATH finds
  local sysroot
  sysroot=$(rustc --print sysroot 2>/dev/null) || return 1
  compgen -G "$sysroot/lib/rustlib/wasm32-unknown-unknown/lib/libstd-*.rlib" >/dev/null
}

# Debian's compiler with a std that setup built, kept apart from rustup and from /usr.
debian_toolchain=$tools/debian-rust
use_debian_toolchain() {
  [ -f "$debian_toolchain/complete" ] || return 1
  export PATH="$debian_toolchain/bin:$PATH"
  unset RUSTUP_TOOLCHAIN
}

# Leaves $tools/build, which the next tool may share, to whoever calls it.
install_tool() { # crate, version, folder, options of cargo install
  local crate=$1 version=$2 dir=$3
  shift 3
  [ -x "$dir/bin/${crate%-cli}" ] && return
  echo "cargo install $crate $version (minutes, once)" >&2
  CARGO_TARGET_DIR="$tools/build" cargo install --quiet --root "$dir" --version "$version" "$@" "$crate"
}

# For both builds: what may panic says where, and that is no path of this machine's. The first is that of .cargo/config.toml,
# which this replaces.
set_rustflags() {
  CARGO_ENCODED_RUSTFLAGS=$(printf '%s\037' -Clink-arg=-zstack-size=65536 \
    --remap-path-prefix="${CARGO_HOME:-$HOME/.cargo}"=cargo --remap-path-prefix="$(rustc --print sysroot)"=rust --remap-path-prefix="$root"=.)
  export CARGO_ENCODED_RUSTFLAGS=${CARGO_ENCODED_RUSTFLAGS%$'\037'}
}

# The second round finds what the first has laid bare. Only small functions are made one: they are compiled when first called.
optimize() { # the largest of those, in wasm-opt's measure; more options
  wasm-opt --one-caller-inline-max-function-size="$1" -Oz --flatten --rereloop -Oz -Oz --low-memory-unused "${@:2}"
}

export PATH="$wasm_pack_dir/bin:$wasm_bindgen_dir/bin:$root/node_modules/.bin:$PATH"
