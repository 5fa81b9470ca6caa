//! The binary `probity`; see `cli`.

/// A record is some two hundred small pieces of memory that one thread asks for and another gives back: the system's own
/// allocator spends a fifth of the work of taking it in, and keeps what it was given back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    probity_server::cli::main()
}
