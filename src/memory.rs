//! The memory of the npm package's wasm: one stretch that a call fills from the bottom, and that is taken back whole, and
//! overwritten, when the call has ended. Tokens and passwords pass through it on their way into a request, and are not
//! there any more afterwards. As nothing is given back one by one, no code is needed for that, which is most of what an
//! allocator costs.

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32::{memory_grow, memory_size};
use core::cell::Cell;
use core::ops::Deref;

use alloc::string::String;

const PAGE_BYTES: usize = 65_536;

extern "C" {
    /// Where the linker's own data ends.
    static __heap_base: u8;
}

/// The address up to which it is filled.
struct Stretch(Cell<usize>);

#[global_allocator]
static STRETCH: Stretch = Stretch(Cell::new(0));

// SAFETY: wasm32-unknown-unknown has one thread. A lock instead would stay locked when an exception, such as that of a
// full stack, leaves the allocator in the middle.
unsafe impl Sync for Stretch {}

fn bottom() -> usize {
    &raw const __heap_base as usize
}

// SAFETY: a block begins where all before it have ended, is aligned, and lies within the memory.
unsafe impl GlobalAlloc for Stretch {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let begin = (self.0.get().max(bottom()) + layout.align() - 1) & !(layout.align() - 1);
        let end = begin.saturating_add(layout.size());
        let missing = end.saturating_sub(memory_size(0) * PAGE_BYTES).div_ceil(PAGE_BYTES);
        if missing > 0 && memory_grow(0, missing) == usize::MAX {
            return core::ptr::null_mut();
        }
        self.0.set(end);
        begin as *mut u8
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // The last block grows where it is.
        if pointer as usize + layout.size() == self.0.get() {
            self.0.set(pointer as usize);
        }
        let moved = self.alloc(Layout::from_size_align_unchecked(new_size, layout.align()));
        if moved != pointer && !moved.is_null() {
            pointer.copy_to_nonoverlapping(moved, layout.size().min(new_size));
        }
        moved
    }
}

/// What `Vec<u8>` is to programs, without what it takes to be given back.
pub(crate) struct Bytes {
    begin: *mut u8,
    len: usize,
    room: usize,
}

impl Bytes {
    pub(crate) const fn new() -> Self {
        Bytes { begin: core::ptr::dangling_mut(), len: 0, room: 0 }
    }

    pub(crate) fn push(&mut self, byte: u8) {
        self.extend_from_slice(&[byte]);
    }

    pub(crate) fn extend_from_slice(&mut self, more: &[u8]) {
        let len = self.len + more.len();
        // SAFETY: from `begin` on there is `room` for it, and `more` lies elsewhere, as it is borrowed.
        unsafe {
            if len > self.room {
                // Twice as much: who does not lie on top is copied each time.
                let room = len.saturating_mul(2);
                self.begin = STRETCH.realloc(self.begin, Layout::from_size_align_unchecked(self.room, 1), room);
                if self.begin.is_null() {
                    core::arch::wasm32::unreachable();
                }
                self.room = room;
            }
            self.begin.add(self.len).copy_from_nonoverlapping(more.as_ptr(), more.len());
        }
        self.len = len;
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: so many have been written there.
        unsafe { core::slice::from_raw_parts(self.begin, self.len) }
    }
}

/// What `String` is to programs.
pub(crate) struct Text(Bytes);

impl Text {
    pub(crate) const fn new() -> Self {
        Text(Bytes::new())
    }

    pub(crate) fn push_str(&mut self, more: &str) {
        self.0.extend_from_slice(more.as_bytes());
    }

    pub(crate) fn push(&mut self, character: char) {
        self.push_str(character.encode_utf8(&mut [0; 4]));
    }

    pub(crate) fn clear(&mut self) {
        self.0.len = 0;
    }

    /// For JavaScript, which takes it at once.
    pub(crate) fn into_string(self) -> String {
        // SAFETY: it lies in memory of the global allocator, to which its size means nothing.
        unsafe { String::from_raw_parts(self.0.begin, self.0.len, self.0.len) }
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        // SAFETY: only whole texts were added.
        unsafe { core::str::from_utf8_unchecked(&self.0) }
    }
}

impl Default for Text {
    fn default() -> Self {
        Text::new()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        let mut copy = Text::new();
        copy.push_str(text);
        copy
    }
}

/// Takes everything back.
pub(crate) fn wipe() {
    let bottom = bottom();
    let end = STRETCH.0.replace(bottom);
    // SAFETY: it is called between two calls, when nothing of what lies there belongs to anybody.
    unsafe { (bottom as *mut u8).write_bytes(0, end.saturating_sub(bottom)) };
}
