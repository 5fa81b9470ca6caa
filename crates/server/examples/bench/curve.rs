//! The growth curve as a picture: one small panel a figure, both axes logarithmic, so that a straight line's slope
//! is the power it grows with. The dotted line is what it may grow like. No library: a dozen SVG elements.

use std::fmt::Write as _;

/// One figure at several sizes of the log.
pub struct Curve {
    pub name: String,
    pub unit: &'static str,
    /// Records in the company and the figure there, smallest first.
    pub points: Vec<(f64, f64)>,
    /// Sizes at which there was nothing to measure.
    pub none: Vec<f64>,
    /// The power of the number of records it may grow with: 0 for what must not depend on it, 1 for a pass over all.
    pub may: f64,
}

impl Curve {
    /// Adds the figure at a size; what is no number says that there were no samples.
    pub fn add(&mut self, records: f64, figure: f64) {
        if figure.is_finite() {
            self.points.push((records, figure));
        } else {
            self.none.push(records);
        }
    }

    /// The power it does grow with, over its last two points.
    pub fn slope(&self) -> Option<f64> {
        let [.., (n0, v0), (n1, v1)] = self.points[..] else { return None };
        (n0 > 0.0 && n1 > n0 && v0 > 0.0 && v1 > 0.0).then(|| (v1 / v0).log10() / (n1 / n0).log10())
    }
}

const WIDTH: f64 = 380.0;
const HEIGHT: f64 = 230.0;
const LEFT: f64 = 58.0;
const RIGHT: f64 = 22.0;
const TOP: f64 = 46.0;
const BOTTOM: f64 = 34.0;

/// All curves, two panels in a row.
pub fn svg(curves: &[Curve]) -> String {
    let rows = curves.len().div_ceil(2);
    let (w, h) = (WIDTH * 2.0, HEIGHT * rows as f64);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" role=\"img\" \
         aria-label=\"How the figures grow with the number of records\" \
         font-family=\"'Noto Sans CJK SC', 'PingFang SC', system-ui, sans-serif\" font-size=\"11\" fill=\"#16231f\">\n\
         <rect width=\"{w}\" height=\"{h}\" fill=\"#ffffff\"/>\n"
    );
    for (i, curve) in curves.iter().enumerate() {
        let (x, y) = ((i % 2) as f64 * WIDTH, (i / 2) as f64 * HEIGHT);
        let _infallible = writeln!(out, "<g transform=\"translate({x} {y})\">{}</g>", panel(curve));
    }
    out.push_str("</svg>\n");
    out
}

fn panel(curve: &Curve) -> String {
    let mut out = String::new();
    let mut put = |text: String| out.push_str(&text);
    put(format!("<text x=\"{LEFT}\" y=\"18\" font-size=\"13\" font-weight=\"600\">{}</text>", escaped(&curve.name)));
    let (Some((first, _)), Some((last, _))) = (curve.points.first(), curve.points.last()) else { return out };
    let (x0, x1) = (first.log10().floor(), last.log10().ceil().max(first.log10().floor() + 1.0));
    let values = || curve.points.iter().map(|(_, v)| v.max(1e-3).log10());
    let (mut y0, mut y1) = (values().fold(f64::INFINITY, f64::min).floor(), values().fold(f64::NEG_INFINITY, f64::max).ceil());
    if y1 - y0 < 2.0 {
        (y0, y1) = (y0 - 1.0, y1.max(y0 + 1.0));
    }
    let across = |n: f64| LEFT + (n - x0) / (x1 - x0) * (WIDTH - LEFT - RIGHT);
    let up = |v: f64| HEIGHT - BOTTOM - (v - y0) / (y1 - y0) * (HEIGHT - TOP - BOTTOM);
    for power in whole(y0, y1) {
        let y = up(power);
        put(format!("<path d=\"M{LEFT} {y:.1}H{:.1}\" stroke=\"#e6edea\"/>", WIDTH - RIGHT));
        put(format!("<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#5b6a63\">{}</text>", LEFT - 6.0, y + 4.0, plain(10_f64.powf(power))));
    }
    for power in whole(x0, x1) {
        let x = across(power);
        put(format!("<path d=\"M{x:.1} {TOP}V{:.1}\" stroke=\"#e6edea\"/>", HEIGHT - BOTTOM));
        put(format!(
            "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#5b6a63\">10<tspan dy=\"-4\" font-size=\"8\">{power}</tspan></text>",
            HEIGHT - BOTTOM + 16.0
        ));
    }
    let slope = curve.slope().map_or_else(String::new, |s| format!(" · ∝ n^{s:.2}"));
    put(format!("<text x=\"{LEFT}\" y=\"34\" fill=\"#5b6a63\">{}{slope}</text>", escaped(curve.unit)));
    // What it may grow like, through its first point.
    if let Some((n, v)) = curve.points.first().map(|(n, v)| (n.log10(), v.max(1e-3).log10())) {
        let end = (v + curve.may * (x1 - n)).clamp(y0, y1);
        let until = if curve.may > 0.0 { n + (end - v) / curve.may } else { x1 };
        put(format!(
            "<path d=\"M{:.1} {:.1}L{:.1} {:.1}\" stroke=\"#9a6412\" stroke-dasharray=\"2 4\" fill=\"none\"/>",
            across(n),
            up(v),
            across(until),
            up(end)
        ));
    }
    let line: Vec<String> = curve.points.iter().map(|(n, v)| format!("{:.1} {:.1}", across(n.log10()), up(v.max(1e-3).log10()))).collect();
    put(format!("<path d=\"M{}\" stroke=\"#2c6b5f\" stroke-width=\"2\" fill=\"none\"/>", line.join("L")));
    for (n, v) in &curve.points {
        let (x, y) = (across(n.log10()), up(v.max(1e-3).log10()));
        put(format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\" fill=\"#2c6b5f\"/>"));
        put(format!("<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-weight=\"600\">{}</text>", y - 8.0, plain(*v)));
    }
    out
}

fn whole(from: f64, until: f64) -> impl Iterator<Item = f64> {
    std::iter::successors(Some(from.ceil()), |p| Some(p + 1.0)).take_while(move |p| *p <= until)
}

/// A number as people write it: 1.2, 34, 5,600.
pub fn plain(value: f64) -> String {
    if value == 0.0 || (value < 10.0 && (value.fract() * 10.0).round() != 0.0) {
        return format!("{value:.1}");
    }
    let digits = format!("{value:.0}");
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
