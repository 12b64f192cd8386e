//! What the steps of labelling cost: reading, scoring, loading a model, training.
//!
//! `cargo bench --bench micro`; `-- --sample-count 2` for a quick look, `-- --help` for the rest. Bytes a
//! second are of the text that a step is given.

use std::path::Path;
use std::path::PathBuf;
use std::sync::LazyLock;

use divan::Bencher;
use divan::counter::BytesCount;
use divan::counter::ItemsCount;
use rhetor::Model;
use rhetor::ScoreOptions;
use rhetor::article_from_text;
use rhetor::corpus::Corpus;
use rhetor::read::ColumnNames;
use rhetor::train::Folds;
use rhetor::train::Smoothing;
use rhetor::train::TrainOptions;
use rhetor::train::train;

/// An article of 5.6 kB written for the project, the boilerplate of a saved page around it.
const ARTICLE: &str = include_str!("../seeds/samples/rate-cut-explainer.txt");

fn main() {
    divan::main();
}

#[divan::bench]
fn read_article(bencher: Bencher) {
    bencher.counter(BytesCount::of_str(ARTICLE)).bench(|| article_from_text(divan::black_box(ARTICLE)));
}

/// Without evidence, and with the three strongest features for and against each paragraph's label.
#[divan::bench(args = [0, 3])]
fn score_article(bencher: Bencher, n_evidence: usize) {
    score(bencher, ScoreOptions { n_evidence, ..ScoreOptions::default() });
}

/// The first article of a model just loaded, as in a run over one file. A sample holds its models all at
/// once, so it has one.
#[divan::bench(sample_size = 1)]
fn score_first_article(bencher: Bencher) {
    let article = article_from_text(ARTICLE);
    let bencher = bencher.counter(BytesCount::of_str(ARTICLE)).with_inputs(embedded_model);
    bencher.bench_refs(|model| model.score(&article, ScoreOptions::default()));
}

#[divan::bench]
fn score_without_neighbours(bencher: Bencher) {
    score(bencher, ScoreOptions { context: false, ..ScoreOptions::default() });
}

#[divan::bench]
fn load_model() -> Model {
    embedded_model()
}

#[divan::bench]
fn read_corpus(bencher: Bencher) {
    let contrasts = contrasts();
    let n_paragraphs = ItemsCount::new(n_paragraphs(&read(&contrasts)));
    bencher.counter(n_paragraphs).bench(|| read(&contrasts));
}

/// Plain naive Bayes with one smoothing: what every training does, and no more.
#[divan::bench(max_time = 10)]
fn train_naive_bayes(bencher: Bencher) {
    let plain =
        TrainOptions { smoothing: Smoothing::Fixed(1.0), l2_penalty: None, ..TrainOptions::default() };
    fit(bencher, TrainOptions { folds: Folds::None, ..plain });
}

/// The recipe of the default model.
#[divan::bench(max_time = 10, sample_count = 3)]
fn train_default(bencher: Bencher) {
    fit(bencher, TrainOptions::default());
}

/// A model in the middle of a long run: after some hundred paragraphs it scores in another, faster way.
static USED_MODEL: LazyLock<Model> = LazyLock::new(|| {
    let (model, article) = (embedded_model(), article_from_text(ARTICLE));
    for _ in 0..100 {
        model.score(&article, ScoreOptions::default());
    }
    model
});

fn score(bencher: Bencher, options: ScoreOptions) {
    let (model, article) = (&*USED_MODEL, article_from_text(ARTICLE));
    bencher.counter(BytesCount::of_str(ARTICLE)).bench(|| model.score(divan::black_box(&article), options));
}

fn fit(bencher: Bencher, options: TrainOptions) {
    let corpus = read(&contrasts());
    let trained = |options| train(&corpus, options).expect("the contrasts have all labels in many groups");
    bencher.counter(ItemsCount::new(n_paragraphs(&corpus))).bench(|| trained(divan::black_box(&options)));
}

fn embedded_model() -> Model {
    Model::embedded().expect("the tests load the same bytes")
}

/// The smaller part of the seeds: events told once for each label.
fn contrasts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/contrasts")
}

fn read(folder: &Path) -> Corpus {
    let corpus = Corpus::read(&[folder.to_path_buf()], &ColumnNames::default());
    assert!(corpus.errors.is_empty(), "{}: {:?}", folder.display(), corpus.errors);
    corpus
}

fn n_paragraphs(corpus: &Corpus) -> usize {
    corpus.label_counts().values().sum()
}
