//! Paths in the namespace.

use std::fmt;
use std::str::FromStr;

/// A path in the namespace: `/` and names, the first that of a service. Never holds `.`, `..` or an empty name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TreePath(String);

impl FromStr for TreePath {
    type Err = String;

    /// Cleans a path as *cleanname(2)* of Plan 9 does: by its names alone.
    fn from_str(text: &str) -> Result<Self, String> {
        if !text.starts_with('/') {
            return Err(format!(
                "a path begins with /, as in /mirror/spaces; did you mean /{text}?"
            ));
        }
        if text.contains('\0') {
            return Err("a path holds no NUL".to_owned());
        }
        let mut names: Vec<&str> = Vec::new();
        for name in text.split('/') {
            match name {
                "" | "." => {}
                ".." => drop(names.pop()),
                name => names.push(name),
            }
        }
        Ok(Self(format!("/{}", names.join("/"))))
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TreePath {
    /// As the namespace takes it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is `/`, the folder of all services.
    pub(crate) fn is_root(&self) -> bool {
        self.0 == "/"
    }

    /// Its last name; none for `/`.
    pub(crate) fn name(&self) -> Option<&str> {
        self.0.rsplit('/').next().filter(|name| !name.is_empty())
    }

    /// The folder it is in; none for `/`.
    pub(crate) fn parent(&self) -> Option<Self> {
        let (folder, name) = self.0.rsplit_once('/')?;
        (!name.is_empty()).then(|| Self(if folder.is_empty() { "/" } else { folder }.to_owned()))
    }

    /// `name` in this folder. What a server or a disk calls a file is checked: it must be one name.
    ///
    /// # Errors
    /// Why it is none.
    pub(crate) fn join(&self, name: &str) -> Result<Self, String> {
        one_name(name)?;
        Ok(Self(format!("{}/{name}", self.0.trim_end_matches('/'))))
    }
}

/// Checks that `name` names one file in one folder: a server could say `..`.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn one_name(name: &str) -> Result<(), String> {
    if matches!(name, "" | "." | "..") || name.contains(['/', '\0']) {
        return Err(format!("{name:?} is no name of a file"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(text: &str) -> String {
        text.parse::<TreePath>().unwrap().to_string()
    }

    #[test]
    fn paths_are_cleaned_by_their_names() {
        assert_eq!(clean("/"), "/");
        assert_eq!(clean("//mirror//spaces/"), "/mirror/spaces");
        assert_eq!(clean("/mirror/./spaces/../status"), "/mirror/status");
        assert_eq!(clean("/../.."), "/");
        assert!(
            "mirror"
                .parse::<TreePath>()
                .unwrap_err()
                .contains("/mirror")
        );
    }

    #[test]
    fn a_path_knows_its_ends() {
        let path: TreePath = "/mirror/spaces/home".parse().unwrap();
        assert_eq!(path.name(), Some("home"));
        assert_eq!(path.parent().unwrap().to_string(), "/mirror/spaces");
        let service: TreePath = "/mirror".parse().unwrap();
        assert!(service.parent().unwrap().is_root());
        assert_eq!(service.parent().unwrap().parent(), None);
        assert_eq!(service.parent().unwrap().name(), None);
        assert_eq!(service.parent().unwrap().join("x").unwrap().as_str(), "/x");
    }

    #[test]
    fn a_name_that_means_more_than_one_file_is_refused() {
        let path: TreePath = "/mirror".parse().unwrap();
        for name in ["", ".", "..", "a/b", "/etc", "a\0"] {
            assert!(path.join(name).is_err(), "{name:?}");
        }
        assert!(path.join("...").is_ok());
    }
}
