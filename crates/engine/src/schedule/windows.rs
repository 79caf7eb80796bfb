//! What Windows says of the computer's power and network, and how it is kept awake.
#![allow(unsafe_code)] // Two calls of the system's that Rust's own library does not have.

use std::sync::mpsc;

use windows::Networking::Connectivity::{NetworkCostType, NetworkInformation};
use windows_sys::Win32::System::Power::{
    ES_CONTINUOUS, ES_SYSTEM_REQUIRED, GetSystemPowerStatus, SYSTEM_POWER_STATUS, SetThreadExecutionState,
};

/// <https://learn.microsoft.com/windows/win32/api/winbase/ns-winbase-system_power_status>
pub(super) fn on_battery() -> Option<bool> {
    let mut status = SYSTEM_POWER_STATUS::default();
    // SAFETY: it writes to a structure that is ours, of the type that it wants.
    let is_told = unsafe { GetSystemPowerStatus(&raw mut status) } != 0;
    match status.ACLineStatus {
        0 if is_told => Some(true),
        1 if is_told => Some(false),
        _ => None,
    }
}

/// None also where there is no network.
/// <https://learn.microsoft.com/uwp/api/windows.networking.connectivity.connectioncost>
pub(super) fn is_metered() -> Option<bool> {
    let cost = NetworkInformation::GetInternetConnectionProfile().ok()?.GetConnectionCost().ok()?;
    let costs_more = cost.Roaming().ok()? || cost.OverDataLimit().ok()?;
    costs_by_the_byte(cost.NetworkCostType().ok()?, costs_more)
}

fn costs_by_the_byte(kind: NetworkCostType, costs_more: bool) -> Option<bool> {
    match kind {
        NetworkCostType::Fixed | NetworkCostType::Variable => Some(true),
        _ if costs_more => Some(true),
        NetworkCostType::Unrestricted => Some(false),
        _ => None,
    }
}

/// Keeps the computer awake while it lives: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setthreadexecutionstate>
pub(super) struct Awake {
    _until_dropped: mpsc::Sender<()>,
}

impl Awake {
    /// None where the system refuses.
    pub(super) fn hold() -> Option<Self> {
        let (until_dropped, dropped) = mpsc::channel::<()>();
        let (tell, told) = mpsc::channel();
        // The wish is the thread's that utters it, and ends with that thread at the latest.
        std::thread::spawn(move || {
            // SAFETY: it takes two flags and nothing else.
            let before = unsafe { SetThreadExecutionState(ES_CONTINUOUS | ES_SYSTEM_REQUIRED) };
            if tell.send(before != 0).is_ok() && dropped.recv().is_err() {
                // SAFETY: as above.
                unsafe { SetThreadExecutionState(ES_CONTINUOUS) };
            }
        });
        told.recv().is_ok_and(|is_kept| is_kept).then_some(Self { _until_dropped: until_dropped })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_computer_is_kept_awake_for_as_long_as_it_is_asked() {
        let awake = Awake::hold();
        assert!(awake.is_some());
        drop(awake);
        assert!(Awake::hold().is_some());
    }

    #[test]
    fn what_is_said_of_the_power_is_the_same_twice() {
        assert_eq!(on_battery(), on_battery());
    }

    #[test]
    fn a_network_with_a_limit_or_abroad_costs_by_the_byte() {
        let rows = [
            (NetworkCostType::Unrestricted, false, Some(false)),
            (NetworkCostType::Unrestricted, true, Some(true)),
            (NetworkCostType::Fixed, false, Some(true)),
            (NetworkCostType::Variable, false, Some(true)),
            (NetworkCostType::Unknown, false, None),
            (NetworkCostType::Unknown, true, Some(true)),
        ];
        for (kind, costs_more, expected) in rows {
            assert_eq!(costs_by_the_byte(kind, costs_more), expected, "{kind:?} {costs_more}");
        }
    }

    #[test]
    fn asking_what_the_network_costs_ends() {
        // What it says is the computer's; that it can be asked from any thread is ours.
        let told = std::thread::spawn(is_metered).join();
        assert!(told.is_ok());
    }
}
