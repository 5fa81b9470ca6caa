//! `probity-verify PACKAGE.zip`: checks an evidence package offline, without any other part of the product.
//! Exit 0: it holds; 1: it does not, each fault named; 2: it could not be checked (no such file, bad option).

use std::process::ExitCode;

use clap::Parser;
use probity_package::command::Verify;

/// Check an evidence package of Probity 守正 without network 离线核验守正证据包
#[derive(Parser)]
#[command(name = "probity-verify", version)]
struct Cli {
    #[command(flatten)]
    verify: Verify,
}

fn main() -> ExitCode {
    match Cli::parse().verify.run(&mut std::io::stdout().lock()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}
