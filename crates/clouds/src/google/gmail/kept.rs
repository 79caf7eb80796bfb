//! Which mail a Policy keeps.

use std::collections::BTreeSet;

use holdfast_model::Policy;

const SPAM: &str = "SPAM";
const TRASH: &str = "TRASH";

/// The labels whose mail is left out.
pub(super) struct Kept {
    left_out: BTreeSet<String>,
    spam: bool,
    trash: bool,
}

impl Kept {
    /// `left_out` are the ids of the labels that it leaves out in this mailbox.
    pub(super) fn by(policy: &Policy, mut left_out: BTreeSet<String>) -> Self {
        if !policy.mail_spam {
            left_out.insert(SPAM.to_owned());
        }
        if !policy.mail_trash {
            left_out.insert(TRASH.to_owned());
        }
        let (spam, trash) = (!left_out.contains(SPAM), !left_out.contains(TRASH));
        Self { left_out, spam, trash }
    }

    /// True where mail with these labels is kept.
    pub(super) fn keeps<S: AsRef<str>>(&self, labels: &[S]) -> bool {
        !labels.iter().any(|label| self.leaves_out(label.as_ref()))
    }

    pub(super) fn leaves_out(&self, label: &str) -> bool {
        self.left_out.contains(label)
    }

    /// What `includeSpamTrash` has to be.
    pub(super) const fn include_spam_trash(&self) -> &'static str {
        if self.spam || self.trash { "true" } else { "false" }
    }

    /// SPAM and TRASH, where they are left out.
    pub(super) fn system_labels_left_out(&self) -> Vec<&'static str> {
        [(SPAM, self.spam), (TRASH, self.trash)]
            .into_iter()
            .filter(|(_, kept)| !kept)
            .map(|(label, _)| label)
            .collect()
    }

    /// True where a full listing has to be compared with a listing of this label's mail: what
    /// `includeSpamTrash=false` leaves out by itself is not among it.
    pub(super) fn is_to_be_listed(&self, label: &str) -> bool {
        let by_itself = !self.spam && !self.trash && [SPAM, TRASH].contains(&label);
        self.leaves_out(label) && !by_itself
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_decides_on_spam_trash_and_labels() {
        let policy = |spam, trash| Policy {
            mail_spam: spam,
            mail_trash: trash,
            exclude_labels: ["Label_7".to_owned()].into(),
            ..Policy::default()
        };
        for (spam, trash) in [(false, false), (false, true), (true, false), (true, true)] {
            let policy = policy(spam, trash);
            let kept = Kept::by(&policy, policy.exclude_labels.clone());
            assert_eq!(kept.keeps(&["SPAM"]), spam);
            assert_eq!(kept.keeps(&["INBOX", "TRASH"]), trash);
            assert!(!kept.keeps(&["INBOX", "Label_7"]) && kept.keeps(&["INBOX"]));
            assert_eq!(kept.include_spam_trash() == "true", spam || trash);
            assert!(kept.is_to_be_listed("Label_7") && !kept.is_to_be_listed("INBOX"));
            assert_eq!(kept.is_to_be_listed("SPAM"), !spam && trash);
        }
    }
}
