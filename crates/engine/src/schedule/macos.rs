//! What macOS says of the network.
#![allow(unsafe_code)] // The system's library for it is in C.

use std::ffi::{c_int, c_void};
use std::sync::mpsc;
use std::time::Duration;

use block2::{Block, RcBlock};

/// The system tells of its network as soon as it is asked. Whoever gets no answer knows nothing.
const PATIENCE: Duration = Duration::from_secs(2);
/// `nw_path_status_satisfied`: there is a network.
const SATISFIED: c_int = 1;

/// A monitor, a path or a queue.
type Object = *mut c_void;

#[link(name = "Network", kind = "framework")]
unsafe extern "C" {
    fn nw_path_monitor_create() -> Object;
    fn nw_path_monitor_set_queue(monitor: Object, queue: Object);
    fn nw_path_monitor_set_update_handler(monitor: Object, handler: &Block<dyn Fn(Object)>);
    fn nw_path_monitor_start(monitor: Object);
    fn nw_path_monitor_cancel(monitor: Object);
    fn nw_path_get_status(path: Object) -> c_int;
    fn nw_path_is_expensive(path: Object) -> bool;
    fn nw_path_is_constrained(path: Object) -> bool;
    fn nw_release(object: Object);
}

unsafe extern "C" {
    fn dispatch_get_global_queue(identifier: isize, flags: usize) -> Object;
}

/// Whether the network is expensive, such as a telephone's, or a person asked for few data. None also where there is none.
/// <https://developer.apple.com/documentation/network/nw_path_is_expensive(_:)>
/// <https://developer.apple.com/documentation/network/nw_path_is_constrained(_:)>
pub(super) fn is_metered() -> Option<bool> {
    let (tell, told) = mpsc::sync_channel(1);
    let handler = RcBlock::new(move |path: Object| {
        // SAFETY: the system lends a path that lives for as long as this call.
        let is_metered = unsafe {
            (nw_path_get_status(path) == SATISFIED)
                .then(|| nw_path_is_expensive(path) || nw_path_is_constrained(path))
        };
        // Only the first answer is waited for.
        let _waited_for = tell.try_send(is_metered);
    });
    // SAFETY: the monitor is ours from its creation until it is released, once. It copies the handler, which may be called on
    // any thread: what it holds is only a sender.
    unsafe {
        let monitor = nw_path_monitor_create();
        if monitor.is_null() {
            return None;
        }
        nw_path_monitor_set_queue(monitor, dispatch_get_global_queue(0, 0));
        nw_path_monitor_set_update_handler(monitor, &handler);
        nw_path_monitor_start(monitor);
        let answer = told.recv_timeout(PATIENCE);
        nw_path_monitor_cancel(monitor);
        nw_release(monitor);
        answer.ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asking_what_the_network_costs_ends() {
        // What it says is the computer's; that it can be asked from any thread is ours.
        let told = std::thread::spawn(is_metered).join();
        assert!(told.is_ok());
    }
}
