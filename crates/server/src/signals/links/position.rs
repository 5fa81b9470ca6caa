//! Is a position at a site? Distances of some hundred metres, in the three datums that maps of China use.
//! Formulas: the public GCJ-02 approximation and Baidu's offset on it; accurate to a few metres, as sites need.

use serde_json::{Map, Value};

/// WGS-84 degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub lat: f64,
    pub lng: f64,
}

#[derive(Debug, Clone)]
pub struct Site {
    pub company: String,
    pub at: Point,
    pub radius_m: f64,
}

/// The radius of a site that states none.
pub const RADIUS_M: f64 = 200.0;

/// `{"lat","lng","datum"}`; the datum may stand outside for the points of a track.
pub fn point(value: &Map<String, Value>, datum: Option<&str>) -> Option<Point> {
    let number = |v: &Value| v.as_f64().or_else(|| v.as_str()?.parse().ok());
    let p = Point { lat: number(value.get("lat")?)?, lng: number(value.get("lng")?)? };
    if !(p.lat.abs() <= 90.0 && p.lng.abs() <= 180.0) {
        return None;
    }
    Some(match value.get("datum").and_then(Value::as_str).or(datum).unwrap_or("wgs84") {
        "gcj02" => gcj_to_wgs(p),
        "bd09" => gcj_to_wgs(bd_to_gcj(p)),
        _ => p,
    })
}

pub fn metres(a: Point, b: Point) -> f64 {
    let (la, lb) = (a.lat.to_radians(), b.lat.to_radians());
    let (dlat, dlng) = (lb - la, (b.lng - a.lng).to_radians());
    let h = (dlat / 2.0).sin().powi(2) + la.cos() * lb.cos() * (dlng / 2.0).sin().powi(2);
    2.0 * 6_371_008.8 * h.sqrt().min(1.0).asin()
}

/// Companies whose site a check-in lies at.
pub fn check_in(data: &Map<String, Value>, sites: &[Site]) -> Vec<String> {
    let Some(p) = data.get("position").and_then(Value::as_object).and_then(|p| point(p, None)) else { return Vec::new() };
    unique(sites.iter().filter(|s| metres(p, s.at) <= s.radius_m).map(|s| s.company.clone()))
}

/// Companies at whose site a track stayed for five minutes; driving by is no stop.
pub fn stays(data: &Map<String, Value>, sites: &[Site]) -> Vec<String> {
    let datum = data.get("datum").and_then(Value::as_str);
    let empty = Vec::new();
    let mut points: Vec<(i64, Point)> = data
        .get("points")
        .and_then(Value::as_array)
        .unwrap_or(&empty)
        .iter()
        .filter_map(|p| {
            let p = p.as_object()?;
            let at: jiff::Timestamp = p.get("at")?.as_str()?.parse().ok()?;
            Some((at.as_second(), point(p, datum)?))
        })
        .collect();
    points.sort_by_key(|(at, _)| *at);
    let stayed = |s: &&Site| {
        let mut since = None;
        points.iter().any(|(at, p)| {
            if metres(*p, s.at) > s.radius_m {
                since = None;
                return false;
            }
            at - *since.get_or_insert(*at) >= 300
        })
    };
    unique(sites.iter().filter(stayed).map(|s| s.company.clone()))
}

fn unique(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = all.collect();
    all.sort();
    all.dedup();
    all
}

fn bd_to_gcj(p: Point) -> Point {
    let turn = std::f64::consts::PI * 3000.0 / 180.0;
    let (x, y) = (p.lng - 0.0065, p.lat - 0.006);
    let z = x.hypot(y) - 0.000_02 * (y * turn).sin();
    let theta = y.atan2(x) - 0.000_003 * (x * turn).cos();
    Point { lat: z * theta.sin(), lng: z * theta.cos() }
}

/// The shift is a function of the true place; two rounds of guessing it from the shifted one are exact to a metre.
fn gcj_to_wgs(p: Point) -> Point {
    let mut guess = p;
    for _ in 0..3 {
        let shifted = wgs_to_gcj(guess);
        guess = Point { lat: guess.lat + p.lat - shifted.lat, lng: guess.lng + p.lng - shifted.lng };
    }
    guess
}

fn wgs_to_gcj(p: Point) -> Point {
    use std::f64::consts::PI;
    // Outside China the datums are the same.
    if !(72.004..=137.8347).contains(&p.lng) || !(0.8293..=55.8271).contains(&p.lat) {
        return p;
    }
    const A: f64 = 6_378_245.0;
    const EE: f64 = 0.006_693_421_622_965_943;
    let (x, y) = (p.lng - 105.0, p.lat - 35.0);
    let common = (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0;
    let mut dlat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * x.abs().sqrt() + common;
    dlat += (20.0 * (y * PI).sin() + 40.0 * (y / 3.0 * PI).sin()) * 2.0 / 3.0;
    dlat += (160.0 * (y / 12.0 * PI).sin() + 320.0 * (y * PI / 30.0).sin()) * 2.0 / 3.0;
    let mut dlng = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * x.abs().sqrt() + common;
    dlng += (20.0 * (x * PI).sin() + 40.0 * (x / 3.0 * PI).sin()) * 2.0 / 3.0;
    dlng += (150.0 * (x / 12.0 * PI).sin() + 300.0 * (x / 30.0 * PI).sin()) * 2.0 / 3.0;
    let rad = p.lat / 180.0 * PI;
    let magic = 1.0 - EE * rad.sin() * rad.sin();
    Point { lat: p.lat + dlat * 180.0 / ((A * (1.0 - EE)) / (magic * magic.sqrt()) * PI), lng: p.lng + dlng * 180.0 / (A / magic.sqrt() * rad.cos() * PI) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn datums_agree_on_a_place() {
        // 天安门: the same place in the three datums, to the metre that these formulas give.
        let wgs = Point { lat: 39.907_500, lng: 116.391_170 };
        let gcj = wgs_to_gcj(wgs);
        assert!((400.0..800.0).contains(&metres(wgs, gcj)), "{}", metres(wgs, gcj));
        assert!(metres(gcj_to_wgs(gcj), wgs) < 1.0);
    }

    #[test]
    fn a_stay_and_a_drive_by() {
        let site = Site { company: "K".into(), at: Point { lat: 31.0, lng: 121.0 }, radius_m: 200.0 };
        let track = |minutes: &[(i64, f64)]| {
            let points: Vec<_> =
                minutes.iter().map(|(m, off)| json!({"at": format!("2026-03-02T10:{m:02}:00+08:00"), "lat": 31.0 + off, "lng": 121.0})).collect();
            json!({"datum": "wgs84", "points": points})
        };
        assert_eq!(stays(track(&[(0, 0.0), (3, 0.0005), (6, 0.0)]).as_object().expect("object"), std::slice::from_ref(&site)), ["K"]);
        assert!(stays(track(&[(0, 0.01), (3, 0.0), (6, 0.01)]).as_object().expect("object"), &[site]).is_empty());
    }
}
