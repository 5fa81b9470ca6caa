//! schemathesis asks every address of the contract for what it says and for what it does not: no 5xx, no answer that
//! the contract does not know, none that does not conform. `scripts/schemathesis` gets the tool and runs it.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{
    server::{Place, engines},
    table::{Line, rounds, seconds},
    traffic::{event, register},
};
use serde_json::{Value, json};
use std::{path::Path, process::Command};

/// The script's way to say that the tool cannot be had here.
const NOT_HERE: i32 = 77;

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_whatever_is_asked() {
    // The short form takes the first engine alone: on both, there would be no time for most addresses.
    let engines = if rounds(1) > 1 { engines() } else { vec!["sqlite"] };
    let time = seconds(75) / engines.len() as u64;
    for engine in engines {
        let mut line = Line::new("schemathesis over the contract", engine);
        let place = Place::new(engine).await;
        let mut server = place.start();
        let token = place.make_token();
        register(&place).await;
        let events: Vec<Value> = (0..100).map(|n| event(&format!("c{n}"), n)).collect();
        assert_eq!(place.send(&events).await.unwrap().0, 200);
        place.post("/api/v1/cases", &json!({ "employee": "E006", "title": "核对", "reason": "核对", "records": ["rec_6"] })).await;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/schemathesis");
        let run = Command::new(script).args([&place.url(), &token, &time.to_string()]).current_dir(place.dir.path()).output().unwrap();
        let text = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
        if run.status.code() == Some(NOT_HERE) {
            assert!(std::env::var_os("CI").is_none(), "CI can fetch the tool: {text}");
            line.note(format!("NOT DONE: {}", text.lines().last().unwrap_or_default()));
            continue;
        }
        assert!(run.status.success(), "{text}");
        assert!(server.is_alive());
        place.get("/api/v1/records?limit=1").await;
        let cases = text.lines().find_map(|l| l.trim().split_once(" generated, ")?.0.parse::<u32>().ok()).unwrap_or(0);
        assert!(cases > 20, "hardly anything was asked in {time} s: {text}");
        line.note(format!("{cases} cases in {time} s, none a 5xx, none outside the contract"));
        line.rounds = u32::try_from(time).unwrap();
        server.stop();
        place.assert_clean();
    }
}
