//! The import graph: data flows down the module list in `src/lib.rs`, and no files import each other in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::support::project;

/// Imports that close a circle and are still to be cut. This list must become empty.
const KNOWN: &[(&str, &str)] = &[];

/// The modules of a crate that may open files.
const EDGES: [&str; 3] = ["output", "read", "model"];

/// The path of a module from the root of its crate.
type Module = Vec<String>;

/// The source files of a crate and what they import.
struct Crate {
    root: PathBuf,
    files: BTreeMap<Module, PathBuf>,
    /// The code of each file without its tests and comments.
    code: BTreeMap<Module, String>,
    /// The modules that each module declares, in order.
    children: BTreeMap<Module, Vec<String>>,
    /// What each module exports from another one: the path by its last name.
    exports: BTreeMap<Module, BTreeMap<String, String>>,
}

impl Crate {
    /// The crate whose root is this file; its modules are beside it.
    fn read(root: &str) -> Crate {
        let root = project().join(root);
        let mut krate = Crate {
            root: root.clone(),
            files: BTreeMap::new(),
            code: BTreeMap::new(),
            children: BTreeMap::new(),
            exports: BTreeMap::new(),
        };
        krate.add(Module::new(), root);
        krate
    }

    /// Adds a file and the modules that it declares.
    fn add(&mut self, module: Module, file: PathBuf) {
        let code = code_of(&std::fs::read_to_string(&file).unwrap());
        let declared = Regex::new(r"(?m)^\s*(?:pub\s+)?mod\s+(\w+)\s*;").unwrap();
        let children: Vec<String> = declared.captures_iter(&code).map(|found| found[1].to_string()).collect();
        let public = Regex::new(r"(?m)^\s*pub(?:\([^)]*\))?\s+use\s+([^;]+);").unwrap();
        let paths = public.captures_iter(&code).flat_map(|found| paths_of(&found[1]));
        let exports = paths.map(|path| (path.rsplit("::").next().unwrap().to_string(), path)).collect();
        let folder = self.root.parent().unwrap().join(module.iter().collect::<PathBuf>());
        for child in &children {
            let candidates = [folder.join(format!("{child}.rs")), folder.join(child).join("mod.rs")];
            let file = candidates.into_iter().find(|path| path.exists()).unwrap();
            self.add(module.iter().chain([child]).cloned().collect(), file);
        }
        self.files.insert(module.clone(), file);
        self.code.insert(module.clone(), code);
        self.children.insert(module.clone(), children);
        self.exports.insert(module, exports);
    }

    /// The module whose file defines what `path` names in the file of `from`; `None` for other crates.
    fn resolve(&self, from: &Module, path: &str) -> Option<Module> {
        let (first, rest) = path.split_once("::").unwrap_or((path, ""));
        let mut at = from.clone();
        match first {
            "crate" => at.clear(),
            "self" => {}
            "super" => drop(at.pop()),
            child if self.children[from].iter().any(|name| name == child) => at.push(child.to_string()),
            _ => return None,
        }
        for name in rest.split("::").filter(|name| !name.is_empty()) {
            if name == "super" {
                at.pop();
            } else if self.children[&at].iter().any(|child| child == name) {
                at.push(name.to_string());
            } else if let Some(exported) = self.exports[&at].get(name) {
                return self.resolve(&at, exported);
            } else {
                break;
            }
        }
        Some(at)
    }

    /// What each file imports, as pairs of modules. A file that declares modules may use them, and they may use it:
    /// such a folder has one interface, so what is below the importing file is not among the pairs.
    fn imports(&self) -> BTreeSet<(Module, Module)> {
        let mut imports = BTreeSet::new();
        for (from, code) in &self.code {
            let paths = imported(code).into_iter().filter_map(|path| self.resolve(from, &path));
            imports.extend(paths.filter(|to| !to.starts_with(from)).map(|to| (from.clone(), to)));
        }
        imports
    }

    fn name(&self, module: &Module) -> String {
        let path: &Path = self.files[module].strip_prefix(project()).unwrap();
        path.to_str().unwrap().replace('\\', "/")
    }
}

/// A source without its tests and comments.
fn code_of(source: &str) -> String {
    let tests = Regex::new(r"#\[cfg\([^\]]*\btest\b[^\]]*\)\]\s*mod tests \{").unwrap();
    let end = tests.find(source).map_or(source.len(), |found| found.start());
    let reference = Regex::new(r"#\[cfg\(test\)\]\s*#\[path = [^\]]+\]\s*(pub )?mod \w+;").unwrap();
    let code = reference.replace_all(&source[..end], "");
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.map(|line| format!("{line}\n")).collect()
}

/// The paths that a file imports or names in place; what it exports from its own modules is not among them.
fn imported(code: &str) -> Vec<String> {
    let uses = Regex::new(r"(?m)^\s*(pub(?:\([^)]*\))?\s+)?use\s+([^;]+);").unwrap();
    let named = Regex::new(r"\b(?:crate|super|self)(?:::\w+)+").unwrap();
    let in_uses = uses.captures_iter(code).filter(|found| found.get(1).is_none());
    let paths = in_uses.flat_map(|found| paths_of(&found[2]));
    let rest = uses.replace_all(code, "");
    paths.chain(named.find_iter(&rest).map(|found| found.as_str().to_string())).collect()
}

/// The paths of a `use` tree: those of `a::{b, c::{self, d as e}}` are `a::b`, `a::c` and `a::c::d`.
fn paths_of(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((prefix, group)) = tree.split_once('{') else {
        return vec![tree.split(" as ").next().unwrap().trim().to_string()];
    };
    let group = group.strip_suffix('}').unwrap();
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, char) in group.char_indices() {
        match char {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => parts.push(&group[std::mem::replace(&mut start, at + 1)..at]),
            _ => {}
        }
    }
    parts.push(&group[start..]);
    let parts = parts.into_iter().filter(|part| !part.trim().is_empty()).flat_map(paths_of);
    parts
        .map(|part| {
            if part == "self" { prefix.trim_end_matches("::").to_string() } else { format!("{prefix}{part}") }
        })
        .collect()
}

/// A circle of imports as a list of modules, if there is one.
fn circle(imports: &BTreeSet<(Module, Module)>) -> Option<Vec<Module>> {
    let mut left = imports.clone();
    // An import of a file that imports nothing more can be in no circle.
    loop {
        let importing: BTreeSet<Module> = left.iter().map(|(from, _)| from.clone()).collect();
        let n = left.len();
        left.retain(|(_, to)| importing.contains(to));
        if left.len() == n {
            break;
        }
    }
    let mut path = vec![left.first()?.0.clone()];
    loop {
        let last = path.last().unwrap();
        let next = left.iter().find(|(from, _)| from == last).unwrap().1.clone();
        if let Some(start) = path.iter().position(|module| *module == next) {
            return Some(path.split_off(start));
        }
        path.push(next);
    }
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let mut known: BTreeSet<(String, String)> =
        KNOWN.iter().map(|(from, to)| (from.to_string(), to.to_string())).collect();
    for root in ["src/lib.rs", "src/bin/rhetor/main.rs"] {
        let krate = Crate::read(root);
        let mut imports = krate.imports();
        imports.retain(|(from, to)| !known.remove(&(krate.name(from), krate.name(to))));
        let circle = circle(&imports).unwrap_or_default();
        let names: Vec<String> = circle.iter().map(|module| krate.name(module)).collect();
        assert!(names.is_empty(), "these files import each other in a circle: {}", names.join(" -> "));
    }
    assert!(known.is_empty(), "these imports are gone, take them off the list: {known:?}");
}

#[test]
fn the_list_of_known_circles_has_no_import_too_many() {
    let krate = Crate::read("src/lib.rs");
    for kept in KNOWN {
        let is_cut = |(from, to): &(Module, Module)| {
            let names = (krate.name(from), krate.name(to));
            KNOWN
                .iter()
                .any(|known| known != kept && (known.0, known.1) == (names.0.as_str(), names.1.as_str()))
        };
        let imports: BTreeSet<_> = krate.imports().into_iter().filter(|import| !is_cut(import)).collect();
        assert!(circle(&imports).is_some(), "{kept:?} closes no circle any more: take it off the list");
    }
}

#[test]
fn modules_import_only_earlier_ones() {
    let krate = Crate::read("src/lib.rs");
    let order = &krate.children[&Module::new()];
    let place = |module: &Module| order.iter().position(|name| Some(name) == module.first());
    for (from, to) in krate.imports() {
        let (from_name, to_name) = (krate.name(&from), krate.name(&to));
        assert!(place(&to) <= place(&from), "{from_name} imports {to_name}, which is later in src/lib.rs");
    }
}

#[test]
fn files_are_opened_at_the_edges_only() {
    let krate = Crate::read("src/lib.rs");
    for (module, code) in &krate.code {
        let is_edge = module.first().is_some_and(|name| EDGES.contains(&name.as_str()));
        for opening in ["std::fs", "File::open", "read_to_string"] {
            assert!(is_edge || !code.contains(opening), "{} opens files", krate.name(module));
        }
    }
}

#[test]
fn linfa_is_used_in_one_file() {
    let krate = Crate::read("src/lib.rs");
    let used = Regex::new(r"\b(linfa|linfa_bayes|ndarray)::").unwrap();
    let files: Vec<String> = krate
        .code
        .iter()
        .filter(|(_, code)| used.is_match(code))
        .map(|(module, _)| krate.name(module))
        .collect();
    assert_eq!(files, ["src/bayes.rs"]);
}

#[test]
fn all_forms_of_imports_are_found() {
    for (tree, paths) in [
        ("crate::a::B", vec!["crate::a::B"]),
        ("crate::{a, b::{C, d::E as F}}", vec!["crate::a", "crate::b::C", "crate::b::d::E"]),
        ("super::{\n    A,\n    b::{self, C},\n}", vec!["super::A", "super::b", "super::b::C"]),
    ] {
        let paths: Vec<String> = paths.into_iter().map(str::to_string).collect();
        assert_eq!(paths_of(tree), paths);
    }
    let code = "use super::A;\npub use b::C;\nfn f() -> crate::d::E {}\n";
    assert_eq!(imported(code), ["super::A", "crate::d::E"]);
    let module = |name: &str| vec![name.to_string()];
    let pair = |from: &str, to: &str| (module(from), module(to));
    let mut imports = BTreeSet::from([pair("a", "b"), pair("b", "c"), pair("d", "a"), pair("c", "e")]);
    assert_eq!(circle(&imports), None);
    imports.insert(pair("c", "a"));
    assert_eq!(circle(&imports).unwrap().len(), 3);
}
