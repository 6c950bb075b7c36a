//! The memory of the npm package's wasm. Tokens and passwords pass through it on their way into a request, so what is
//! given back is overwritten: when a call has ended, they are not there any more.

use core::alloc::{GlobalAlloc, Layout};

use lol_alloc::FreeListAllocator;

/// Small, and fast enough for what lives here: a few texts for as long as a call takes.
struct Wiping(FreeListAllocator);

#[global_allocator]
static ALLOCATOR: Wiping = Wiping(FreeListAllocator::new());

// SAFETY: wasm32-unknown-unknown has one thread. A lock instead would stay locked when an exception, such as that of a
// full stack, leaves the allocator in the middle.
unsafe impl Sync for Wiping {}

// SAFETY: all is done by `FreeListAllocator`; what is overwritten belongs to nobody any more. `realloc` is the trait's
// own, which allocates, copies and deallocates.
unsafe impl GlobalAlloc for Wiping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.0.alloc(layout)
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        pointer.write_bytes(0, layout.size());
        self.0.dealloc(pointer, layout);
    }
}
