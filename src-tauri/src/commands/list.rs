//! Every command, once: the build script makes a permission of each, the program registers each, and a test holds the
//! capability of the window to them.

/// Calls a macro with all commands, as `file::name`.
macro_rules! each_command {
    ($use:ident) => {
        $use! {
            system::choose_folder,
            system::choose_file,
            system::choose_save_file,
            system::open_url,
            system::reveal,
            system::open_logs,
            system::quit,
        }
    };
}
pub(crate) use each_command;
