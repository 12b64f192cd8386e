//! Lists of function words and phrases, grouped by what they do in a sentence.

/// The name of each group and its cues, separated by commas; a cue is one to three words in lower case.
const LISTS: &[(&str, &str)] = &[
    (
        "says",
        "said, says, told, tells, added, adds, announced, stated, reported, replied, wrote, writes, \
         noted, explained, testified, tweeted, declined, commented, spoke, asked, answered, confirmed, \
         recalled, posted",
    ),
    (
        "claims",
        "claimed, claims, alleged, argued, argues, insisted, insists, denied, accused, warned, warns, \
         urged, vowed, complained, criticized, criticised, praised, called for, demanded, blamed, \
         defended, suggested, acknowledged, admitted, conceded",
    ),
    (
        "according",
        "according to, reportedly, allegedly, in a statement, in an interview, spokesman, spokeswoman, \
         spokesperson, officials, sources, in a letter, a report by, on condition of, court documents, \
         press release, news conference, press conference",
    ),
    (
        "duty",
        "must, should, ought, need to, needs to, have to, has to, had better, it is time, it's time, \
         cannot afford, can't afford, let us, let's, deserve, deserves, should not, shouldn't, must not, \
         owe, refuse to, stand up, demand, never again",
    ),
    ("may", "may, might, could, can, would, perhaps, maybe, possibly, potentially"),
    ("will", "will, won't, shall, going to, is set to, are set to, is expected to, are expected to"),
    (
        "hedge",
        "likely, unlikely, probably, seems, seem, appears, appear, tends, tend to, relatively, partly, \
         largely, mostly, roughly, suggests, suggest, indicates, indicate, implies, in part, at least, to \
         some extent, generally, typically, usually, often, sometimes",
    ),
    (
        "certain",
        "clearly, obviously, of course, undoubtedly, no doubt, surely, certainly, simply, indeed, in \
         fact, the truth, the fact is, make no mistake, everyone knows, nothing but, always, never, \
         absolutely, utterly, completely, totally, truly, really, plainly",
    ),
    (
        "cause",
        "because, since, so that, therefore, thus, hence, as a result, due to, owing to, leads to, led \
         to, causes, caused by, driven by, explains, which means, that means, this means, reason, \
         reasons, consequence, consequently, in turn, result of, stems from, why, effect, effects, \
         factor, factors, means that, depends, which is why, makes it, incentive, incentives",
    ),
    (
        "contrast",
        "but, however, although, though, yet, while, whereas, despite, instead, rather, nevertheless, \
         nonetheless, on the other, in contrast, by contrast, even if, even though, still, unlike, \
         compared with, compared to, rather than, on the contrary, otherwise",
    ),
    ("if", "if, unless, whether, suppose, assuming, provided that, as long as, in case, depending on"),
    ("more", "more, less, fewer, most, least, better, worse, higher, lower, larger, smaller, than"),
    (
        "trend",
        "trend, pattern, shift, dynamic, strategy, tactic, calculation, advantage, risk, risks, cost, \
         costs, pressure, challenge, problem, question, issue, evidence, impact, role, kind of, sort of, \
         type of, form of, example, for instance, for example, such as, in other words, that is, known \
         as, refers to, defined as",
    ),
    (
        "good",
        "great, brave, courage, heroic, noble, brilliant, wonderful, remarkable, proud, honor, honour, \
         decent, wise, beautiful, inspiring, freedom, liberty, dignity, hope, best, love, hero, heroes, \
         faith, justice, finest, superb, delight, glory, blessed",
    ),
    (
        "bad",
        "shame, shameful, disgrace, disgraceful, outrage, outrageous, absurd, ridiculous, stupid, \
         dangerous, evil, cruel, corrupt, corruption, lie, lies, lying, hypocrisy, hypocrites, failure, \
         failed, disaster, disastrous, pathetic, cowardly, betrayal, betrayed, nonsense, propaganda, \
         radical, extreme, reckless, insane, madness, awful, terrible, horrible, wrong, fraud, farce, \
         tyranny, mob, so-called, greed, bigotry, racist, elites, scandal, sad, sadly, unfortunately, \
         worst, destroy, fake, hate, idiotic, vile, arrogant, smug",
    ),
    ("i", "i, me, my, mine, myself, i'm, i've, i'd, i'll"),
    ("we", "we, us, our, ours, ourselves, we're, we've, we'll, we'd"),
    ("you", "you, your, yours, you're, you've, you'll, yourself"),
    ("they", "they, them, their, theirs, themselves"),
    ("he", "he, him, his, she, her, hers, himself, herself"),
    ("it", "it, its, itself, this, that, these, those"),
    ("was", "was, were, had, did, been, became, began, took, went, came, made, got"),
    ("is", "is, are, isn't, aren't, has, have, do, does"),
    (
        "time",
        "monday, tuesday, wednesday, thursday, friday, saturday, sunday, january, february, march, april, \
         june, july, august, september, october, november, december, yesterday, earlier, last week, last \
         month, last year, ago, a.m, p.m, morning, night, later",
    ),
    ("measure", "percent, per cent, million, billion, thousand, average, survey, poll, study, data"),
    ("negation", "not, no, nothing, nobody, none, nor, don't, doesn't, didn't, isn't, cannot, can't"),
    ("question", "what, who, how, why, when, where, which"),
];

/// How many groups there are.
pub const N_GROUPS: usize = LISTS.len();

/// The name of a group; `?` if there is none.
pub fn name_of(group: usize) -> &'static str {
    LISTS.get(group).map_or("?", |(name, _)| name)
}

/// Every cue with the number of its group.
pub fn cues() -> impl Iterator<Item = (usize, &'static str)> {
    let lists = LISTS.iter().enumerate();
    lists.flat_map(|(group, (_, cues))| cues.split(", ").map(move |cue| (group, cue)))
}
