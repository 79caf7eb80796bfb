//! Guards a loop over pages: a cloud that hands out the same page token twice, or never stops, gets an error.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use crate::contract::{CloudError, ErrorKind};

/// More pages than any listing has: 100 million entries at 500 a page.
const MOST_PAGES: usize = 200_000;

/// The pages of one listing.
pub struct Pages {
    seen: HashSet<u64>,
    hasher: RandomState,
    most: usize,
}

impl Pages {
    /// Before the first page.
    pub fn new() -> Self {
        Self::at_most(MOST_PAGES)
    }

    /// With another upper bound.
    pub fn at_most(most: usize) -> Self {
        Self { seen: HashSet::new(), hasher: RandomState::new(), most }
    }

    /// The token of the next page, `None` after the last, or an error when the listing goes in a circle.
    pub fn next(&mut self, token: Option<String>) -> Result<Option<String>, CloudError> {
        let Some(token) = token.filter(|token| !token.is_empty()) else { return Ok(None) };
        if !self.seen.insert(self.hasher.hash_one(&token)) {
            let detail = format!("page {} of the listing points back to an earlier one", self.seen.len() + 1);
            return Err(CloudError::new(ErrorKind::Fatal, "pageLoop", detail));
        }
        if self.seen.len() >= self.most {
            let detail = format!("the listing has more than {} pages", self.most);
            return Err(CloudError::new(ErrorKind::Fatal, "endlessPages", detail));
        }
        Ok(Some(token))
    }
}

impl Default for Pages {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_token_that_comes_back_is_an_error() {
        let mut pages = Pages::new();
        for token in ["a", "b", "c"] {
            assert_eq!(pages.next(Some(token.into())), Ok(Some(token.to_owned())));
        }
        assert_eq!(pages.next(Some("b".into())).map_err(|e| e.reason), Err("pageLoop".to_owned()));
    }

    #[test]
    fn a_listing_ends_without_a_token_or_with_an_empty_one() {
        assert_eq!(Pages::new().next(None), Ok(None));
        assert_eq!(Pages::new().next(Some(String::new())), Ok(None));
    }

    #[test]
    fn endless_pages_are_an_error() {
        let mut pages = Pages::at_most(100);
        let error = (0..).find_map(|n| pages.next(Some(n.to_string())).err());
        assert_eq!(error.map(|e| e.reason), Some("endlessPages".to_owned()));
    }
}
