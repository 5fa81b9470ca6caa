//! `cargo run -p probity-package --example sample-package -- N FILE`: writes a package of N items and says how
//! long building and verifying took.

#[path = "../tests/fixture/mod.rs"]
mod fixture;

fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let n = args.next().and_then(|n| n.parse().ok()).unwrap_or(6);
    let file = args.next().unwrap_or_else(|| "package.zip".into());
    let contents = fixture::contents(n, true);
    let start = std::time::Instant::now();
    let bytes = fixture::zip(&contents);
    let built = start.elapsed();
    let start = std::time::Instant::now();
    let report = probity_package::verify(&bytes, &probity_package::Pins::default());
    let verified = start.elapsed();
    std::fs::write(&file, &bytes)?;
    print!("{}", report.text());
    println!("{} bytes, built in {built:?}, verified in {verified:?}", bytes.len());
    println!("{}", fixture::note_of(&contents, 1, &fixture::key()));
    Ok(())
}
