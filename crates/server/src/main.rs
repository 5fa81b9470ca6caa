//! The binary `probity`; see `cli`.

fn main() -> std::process::ExitCode {
    probity_server::cli::main()
}
