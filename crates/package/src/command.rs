//! The command line of the check, shared by `probity-verify` and `probity verify`.

use std::path::PathBuf;

use clap::Args;

use crate::{Pins, Report, pins::KeyPin, verify};

#[derive(Debug, Args)]
pub struct Verify {
    /// The package (zip) 证据包
    pub package: PathBuf,
    /// Who must have signed: key fingerprint, verifier key, or a file with either; get it elsewhere than from
    /// the package 签名者：密钥指纹、公钥或含有其一的文件，须从证据包以外取得
    #[arg(long, value_name = "F")]
    pub key: Option<String>,
    /// Root certificate(s) of the time stamp authority, PEM 时间戳机构根证书
    #[arg(long, value_name = "F")]
    pub tsa_ca: Option<PathBuf>,
    /// A signed checkpoint of the same log that you kept or got elsewhere 您此前或从别处取得的检查点
    #[arg(long, value_name = "F")]
    pub checkpoint: Option<PathBuf>,
    /// Print the report as JSON 以 JSON 输出
    #[arg(long)]
    pub json: bool,
}

impl Verify {
    /// Reads the files, verifies, prints; `Ok(false)` when the package does not hold.
    pub fn run(&self, out: &mut impl std::io::Write) -> Result<bool, String> {
        let read = |path: &PathBuf| std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()));
        let mut pins = Pins::default();
        if let Some(key) = &self.key {
            let text = match std::fs::read_to_string(key) {
                Ok(text) => text,
                Err(_) => key.clone(),
            };
            pins.key = Some(KeyPin::parse(&text).map_err(|e| format!("--key {key}: {e}"))?);
        }
        if let Some(path) = &self.tsa_ca {
            pins.tsa_ca = Some(read(path)?);
        }
        if let Some(path) = &self.checkpoint {
            let text = String::from_utf8(read(path)?).map_err(|_| format!("{}: not a checkpoint", path.display()))?;
            pins.checkpoint = Some(text);
        }
        let bytes = read(&self.package)?;
        let report: Report = verify(&bytes, &pins);
        let text = if self.json { serde_json::to_string_pretty(&report).map_err(|e| e.to_string())? + "\n" } else { report.text() };
        out.write_all(text.as_bytes()).map_err(|e| e.to_string())?;
        Ok(report.ok())
    }
}
