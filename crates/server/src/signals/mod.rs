//! Signals 信号: what records say when read together: words, links, runs of the rules.

pub mod links;
pub mod run;

/// The lexicon in force. The shipped one, until the words room brings versions.
pub mod words {
    use crate::{company::Company, error::Result};
    use probity_lexicon::Lexicon;
    use std::sync::{Arc, LazyLock};

    pub async fn lexicon(_: &Company) -> Result<Arc<Lexicon>> {
        static SHIPPED: LazyLock<Arc<Lexicon>> = LazyLock::new(|| Arc::new(Lexicon::shipped()));
        Ok(SHIPPED.clone())
    }
}
