//! A model: scoring, reading and evaluation.

use std::path::{Path, PathBuf};

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rayon::prelude::*;
use rhetor::read::{Articles, ReadOptions, Reading};
use rhetor::{Model, Outcome, ScoreOptions, article_from_text};
use serde_json::json;

use crate::article::Article;
use crate::errors::{Notes, exception, rows_path};
use crate::labelled::{Labelled, group_by};
use crate::results::{Results, Source};
use crate::rows::Columns;
use crate::threads::{pool, run};

/// How paragraphs are scored.
#[derive(FromPyObject, Clone, Copy)]
#[pyo3(from_item_all)]
pub struct Settings {
    /// How many phrases, and how many features, are listed for each label and against it.
    phrases: usize,
    features: usize,
    context: bool,
    filter: bool,
    threads: usize,
}

impl Settings {
    fn options(self) -> ScoreOptions {
        let Settings { phrases, features, context, filter, .. } = self;
        ScoreOptions { context, filter, n_evidence: features, n_reasons: phrases }
    }
}

/// A fitted model.
#[pyclass(frozen, module = "pyrhetor._engine")]
pub struct Engine {
    pub model: Model,
}

#[pymethods]
impl Engine {
    /// The default model.
    #[staticmethod]
    fn embedded() -> PyResult<Engine> {
        Model::embedded().map(|model| Engine { model }).map_err(|err| exception(&err))
    }

    /// The model in a file.
    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf) -> PyResult<Engine> {
        let model = py.detach(|| Model::load(&path));
        model.map(|model| Engine { model }).map_err(|err| exception(&err))
    }

    /// The model with these bytes.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, bytes: &[u8]) -> PyResult<Engine> {
        let model = py.detach(|| Model::from_bytes(bytes, Path::new("the model")));
        model.map(|model| Engine { model }).map_err(|err| exception(&err))
    }

    /// The bytes of the model's file.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = self.model.to_bytes().map_err(|err| exception(&err))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Writes the model's file.
    fn save(&self, path: PathBuf) -> PyResult<()> {
        self.model.save(&path).map_err(|err| exception(&err))
    }

    /// The first digits of the model's checksum.
    #[getter]
    fn id(&self) -> &str {
        self.model.id()
    }

    /// The labels, in the order of the columns of probabilities.
    #[getter]
    fn labels(&self) -> Vec<String> {
        self.model.labels().to_vec()
    }

    /// What the model was trained on and how well it did, as JSON.
    fn card(&self) -> String {
        let model = &self.model;
        let mut card = json!(model.card());
        let groups = model.groups().into_iter().map(|group| {
            json!({"group": group.group.name(), "features": group.n_features, "alpha": group.alpha, "weight": group.weight})
        });
        card["groups"] = groups.collect();
        card["name"] = model.name().into();
        card["version"] = model.version().into();
        card["id"] = model.id().into();
        card["labels"] = json!(model.labels());
        card["unsure_below"] = model.unsure_below().into();
        card.to_string()
    }

    /// By feature group, the `n` strongest features of a label.
    fn strongest(&self, label: usize, n: usize) -> Vec<(&'static str, Vec<(String, f64)>)> {
        let groups = self.model.strongest(label, n).into_iter();
        groups.map(|(group, features)| (group.name(), features)).collect()
    }

    /// The results for the rows of a table, in order, in one batch or more; `progress` is called with the number of
    /// rows that are done.
    fn score<'py>(
        &self,
        py: Python<'py>,
        columns: Columns,
        is_article: bool,
        settings: Settings,
        progress: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let (n_rows, rows) = columns.into_rows()?;
        let read = ReadOptions { rows_are_paragraphs: !is_article, ..ReadOptions::default() };
        let (pool, options) = (pool(settings.threads)?, settings.options());
        let source = if is_article { Source::Articles } else { Source::Paragraphs };
        let mut scoring = Scoring {
            articles: Articles::from_rows(rows_path(), rows, &read),
            ahead: None,
            results: Results::new(&self.model, source, options),
            model: &self.model,
            options,
        };
        // The loop is here and not on the pool, because only Python's main thread sees an interrupt.
        while py.detach(|| pool.install(|| scoring.step()))? {
            py.check_signals()?;
            if let Some(progress) = &progress {
                progress.call1((scoring.results.n_rows(),))?;
            }
        }
        scoring.results.add_missing(n_rows)?;
        if let Some(progress) = &progress {
            progress.call1((n_rows,))?;
        }
        scoring.results.into_pyarrow(py)
    }

    /// A plain text, scored as an article.
    fn score_text(&self, py: Python<'_>, text: &str, settings: Settings) -> Article {
        py.detach(|| self.article(article_from_text(text), settings))
    }

    /// The scored articles of a file, with warnings and errors.
    fn read_path(
        &self,
        py: Python<'_>,
        path: PathBuf,
        settings: Settings,
    ) -> PyResult<(Vec<Article>, Notes)> {
        let articles = Articles::open(&path, &ReadOptions::default()).map_err(|err| exception(&err))?;
        self.read(py, articles, settings)
    }

    /// The scored articles of a file in memory, with warnings and errors.
    fn read_bytes(
        &self,
        py: Python<'_>,
        bytes: Vec<u8>,
        name: PathBuf,
        settings: Settings,
    ) -> PyResult<(Vec<Article>, Notes)> {
        let bytes = std::io::Cursor::new(bytes);
        let articles = Articles::from_reader(&name, bytes, &ReadOptions::default());
        self.read(py, articles.map_err(|err| exception(&err))?, settings)
    }

    /// The measures of the model on labelled text, as JSON, with warnings.
    fn evaluate(
        &self,
        py: Python<'_>,
        data: Labelled,
        groups: &str,
        seed: u64,
        threads: usize,
    ) -> PyResult<(String, Notes)> {
        let group_by = group_by(groups)?;
        let (mut corpus, mut notes) = data.corpus(py, threads)?;
        let n_warnings = corpus.warnings.len();
        corpus.match_labels(self.model.labels());
        notes.extend(corpus.warnings[n_warnings..].iter().map(ToString::to_string));
        let model = self.model.clone();
        let evaluation = run(py, threads, move || rhetor::train::evaluate(&model, &corpus, group_by, seed))?;
        let evaluation = evaluation.map_err(|err| exception(&err))?;
        Ok((evaluation.as_json(group_by.name()).to_string(), notes))
    }
}

impl Engine {
    fn article(&self, article: rhetor::Article, settings: Settings) -> Article {
        let options = settings.options();
        let outcomes = self.model.score(&article, options);
        Article { model: self.model.clone(), article, outcomes, options }
    }

    fn read(
        &self,
        py: Python<'_>,
        mut articles: Articles,
        settings: Settings,
    ) -> PyResult<(Vec<Article>, Notes)> {
        let (mut scored, mut notes) = (Vec::new(), Notes::new());
        let pool = pool(settings.threads)?;
        let mut next = || py.detach(|| pool.install(|| articles.next()));
        while let Some(Reading { articles, errors, warnings, .. }) = next() {
            // A file without any text is an error; a bad row is not.
            if let ([error], true) = (&errors[..], scored.is_empty() && articles.is_empty())
                && !matches!(error, rhetor::Error::Row { .. })
            {
                return Err(exception(error));
            }
            notes.extend(warnings.iter().map(ToString::to_string));
            notes.extend(errors.iter().map(ToString::to_string));
            let score = || articles.into_par_iter().map(|article| self.article(article, settings)).collect();
            let batch: Vec<Article> = py.detach(|| pool.install(score));
            scored.extend(batch);
            py.check_signals()?;
        }
        Ok((scored, notes))
    }
}

/// A table that is being scored.
struct Scoring<'a> {
    articles: Articles,
    /// The next articles, which are read while the articles before them are scored.
    ahead: Option<Reading>,
    results: Results,
    model: &'a Model,
    options: ScoreOptions,
}

impl Scoring<'_> {
    /// Scores the next articles; `false` at the end.
    fn step(&mut self) -> PyResult<bool> {
        let Some(reading) = self.ahead.take().or_else(|| self.articles.next()) else { return Ok(false) };
        let (model, options) = (self.model, self.options);
        let score = || -> Vec<(rhetor::Article, Vec<Outcome>)> {
            let score = |article: rhetor::Article| (model.score(&article, options), article);
            let scored = reading.articles.into_par_iter().map(score);
            scored.map(|(outcomes, article)| (article, outcomes)).collect()
        };
        let articles = &mut self.articles;
        let (scored, ahead) = rayon::join(score, || articles.next());
        self.ahead = ahead;
        scored.iter().try_for_each(|(article, outcomes)| self.results.add(article, outcomes))?;
        Ok(true)
    }
}
