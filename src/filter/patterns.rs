//! Patterns of boilerplate: what a block says of itself.

use super::Reason;

/// A pattern, the longest block in words that it can drop, and why. The first that matches counts.
///
/// `(?i)` ignores case. Patterns stay narrow: a paragraph lost costs more than boilerplate kept.
pub(super) const PATTERNS: &[(Reason, usize, &str)] = &[
    (Reason::Image, 60, r"^(!\[[^\]]*\]\([^)]*\)\s*)+$"),
    (Reason::Image, 60, r"^\[!\[[^\]]*\]\([^)]*\)\]\([^)]*\)$"),
    (Reason::Image, 3, r"^<?(https?://|www\.)\S+>?$"),
    (Reason::Tags, 60, r"^(#[\w-]+[\s,;]*)+$"),
    (Reason::Tags, 40, r"(?i)^(tags?|topics|filed under|categories|category|keywords|labels)\s*:[^.!?]*$"),
    (Reason::Heading, 30, r"^(Title|Headline|Subject)\s*:"),
    (Reason::Heading, 14, r"^#{1,6}\s[^.!?]*$"),
    (Reason::Navigation, 40, r"^[^.!?]+( [»›>→|] [^.!?]+){2,}"),
    (Reason::Navigation, 12, r"^[^.!?]+ [»›] "),
    (Reason::Navigation, 6, r"(?i)^(loading|please wait)( \w+)?\s*(\.{2,3}|…)?$"),
    (
        Reason::Navigation,
        6,
        r"(?i)^(home|menu|search|close|next|previous|next (article|post|page)|previous (article|post|page)|back to (top|home|all \w+)|skip to (main )?content|jump to \w+|go to top|show (more|less|all)|see (more|all)|view (more|all|as \w+)|load more|primary tabs|secondary tabs|table of contents|contents|sections?|toggle navigation|log ?in|sign ?in|register|my account|print this page|expand|listen|play|pause|a\+ a\-)\s*[.…:>]*$",
    ),
    (Reason::Comment, 30, r"(?i)^(leave|post|add|write) (a|your) (comment|reply|response)"),
    (Reason::Comment, 8, r"(?i)^(\d+\s+)?(comments?|replies|responses)(\s*\(?\d*\)?)?\s*:?$"),
    (
        Reason::Comment,
        40,
        r"(?i)(your e-?mail address will not be published|required fields are marked|be the first to comment|you must be (logged|signed) in to|(log|sign) in to (comment|reply|post)|join the (conversation|discussion) (below|in the comments)|comments (are|have been) (closed|turned off|disabled|moderated)|notify me of (new|follow-?up))",
    ),
    (
        Reason::Legal,
        60,
        r"(?i)(uses akismet|how your comment data is processed|this site is protected by re ?captcha|all rights reserved|(material|content|article|page|site|work|text) may not be (published|reproduced|republished|copied|rebroadcast)|terms (of use|of service|and conditions) (and|&|\|) ?(the )?privacy|you agree to (our|the) )",
    ),
    (
        Reason::Legal,
        60,
        r"(?i)\b(this|our) (web)?site (uses|and our partners use) cookies|\b(we|we and our \w+) use cookies|^(accept|reject|manage) (all )?(cookies|preferences)|^cookie (policy|settings|preferences)\W*$|\bwe value your privacy\b",
    ),
    (Reason::Legal, 25, r"^\s*(©|\([cC]\) ?\d|(Copyright|COPYRIGHT)\b\W{0,3}(©|\([cC]\)|\d|[A-Z]))"),
    (
        Reason::Legal,
        60,
        r"(?i)(views|opinions?) (of the authors? may not|and opinions expressed|expressed) (in this|here|by|are)\b.*\b(author|own|not necessarily)|does not necessarily (reflect|represent) the (opinions?|views?)",
    ),
    (
        Reason::Advert,
        8,
        r"(?i)^[\[(—–-]*\s*(advertisement|advertising|advert|sponsored( content| by .*| post)?|promoted( content)?|paid (content|post|partnership)|ad)\s*[\])—–:-]*$",
    ),
    (Reason::Advert, 60, r"(?i)^\W*(sponsored|advertisement|paid content|promoted)\s*:"),
    (Reason::Related, 20, r"(?i)^(previous|next|last|latest) (episode|article|post|story|issue)\s*:"),
    (
        Reason::Advert,
        40,
        r"(?i)(story|article) continues (below|after)|(scroll|continue reading) (down )?(to continue|below)|we may (earn|receive) (a |an )?(small )?(affiliate )?commission|affiliate links?\b",
    ),
    (
        Reason::Newsletter,
        60,
        r"(?i)(^|[.!?:] )(please )?(sign up|subscribe|register)\b.*\b(newsletters?|inbox|e-?mails?|updates|bulletin|daily briefing|digest|alerts)\b",
    ),
    (
        Reason::Newsletter,
        60,
        r"(?i)(\bnewsletter\b.*\b(inbox|sign up|subscribe|delivered|recaptcha)\b|^get (the|our|more|your|breaking)\b.*\b(inbox|sign up|subscribe|newsletter|delivered|alerts)\b|^(the )?[\w' ]*\bnewsletter get\b)",
    ),
    (
        Reason::Newsletter,
        25,
        r"(?i)^((subscribe|sign up|become a (member|subscriber|supporter)|donate (now|today)|unsubscribe|already a subscriber\??)([.!:>]|$| (now|today|here|to|for|from)\b)[^.,]*[.!:]?$|support (our|independent) journalism|enjoying this (article|story)\?|to continue reading)",
    ),
    (
        Reason::Newsletter,
        60,
        r"(?i)\b(you (are receiving|received) this (e-?mail|newsletter|bulletin)|to unsubscribe|unsubscribe (here|at any time|by)|update your preferences)\b",
    ),
    (
        Reason::Share,
        25,
        r"(?i)^(share|tweet|pin|send|like|follow|join|find|connect with) (this|us|me|on|via|by|with|it (on|via|by|with|to)|to (a friend|friends|facebook|twitter)|your)\b[^.;]*\b(facebook|twitter|x|linkedin|whatsapp|telegram|pinterest|reddit|instagram|tiktok|youtube|e-?mail|social media|article|story|page|post|friends?|profiles?|friend)\b",
    ),
    (
        Reason::Share,
        12,
        r"(?i)^(our|my|the) (youtube|telegram|facebook|twitter|instagram|tiktok|whatsapp|vk|rss)\b",
    ),
    (
        Reason::Share,
        8,
        r"(?i)^(share|tweet|print|e-?mail|save|bookmark|copy link|whatsapp|facebook|twitter|linkedin|telegram|pinterest|reddit|flipboard|x)([\s,|·•/]+(this|share|tweet|print|e-?mail|save|bookmark|copy link|link|whatsapp|facebook|twitter|linkedin|telegram|pinterest|reddit|flipboard|x|article|story|page|post))*\s*[:.]?$",
    ),
    (Reason::Share, 12, r"(?i)^click (here )?to (share|print|e-?mail|tweet|copy)\b"),
    (Reason::Share, 10, r"(?i)^\d+ (shares?|likes?|views?|retweets?)\b"),
    (
        Reason::Related,
        40,
        r"(?i)^\(?(read|related|watch|listen|more|read more|read also|also read|read next|see also|more on this|related (story|stories|article|articles|news|post|posts|content|coverage|topics|reading|links)|further reading|don['’]t miss|up next|in case you missed it|recommended)\s*:\s*\S",
    ),
    (
        Reason::Related,
        9,
        r"(?i)^(related( (story|stories|articles?|news|posts?|content|coverage|topics|reading|links))?|read (more|also|next|on)|see also|more (from|on|in|like) .*|most (read|popular|viewed|shared)|popular( (now|posts|stories))?|recommended( for you| reading| stories)?|you (may|might) (also )?(like|be interested).*|also (on|in|from) [A-Z\w]+( [A-Z]\w+){0,3}|further reading|latest( (news|posts|stories|articles))?|trending( (now|stories))?|editor['’]s (picks?|choice)|top stories|elsewhere on .*|in this (series|section)|from (the|our) (archive|partners).*|don['’]t miss|up next|what to read next|you may have missed)\s*[:.…]?$",
    ),
    (
        Reason::Related,
        14,
        r"(?i)^(read|see|view|get|find|click|continue|download|watch|listen to|hear)\b.*\b(the )?(full|original|complete|rest of the|entire)? ?(article|story|report|coverage|interview|episode|transcript|press release|version)s?\b.*\b(here|below|in full|on (our|the) \w+)[.:]?$",
    ),
    (Reason::Related, 10, r"(?i)^(click|tap) (here|the link|below)\b"),
    (Reason::Related, 20, r"(?i)^(READ MORE|RELATED|MORE|WATCH|LISTEN|SEE ALSO|READ NEXT)\b\s*[-–—|»>]"),
    (
        Reason::Caption,
        60,
        r"(?i)^[\[(]?(file |stock )?(photo|photos|photograph|photography|photo credit|image|images|image credit|picture|pictures|illustration|graphic|cartoon|caption|video|credit|map|cover photo|featured image|screenshot)s?\s*(by\b|credit|courtesy|:|/|\||©)",
    ),
    (
        Reason::Caption,
        70,
        r"(?i)(\(|\[)[^()\[\]]*(ap photo|getty images|/ ?reuters|reuters photo|/ ?afp|/ ?ap|/ ?epa|via ap|shutterstock|flickr|wikimedia|creative commons|file photo|file pic|photo(graph)? by|photo:|image:|picture:|photo courtesy)[^()\[\]]*(\)|\])\.?$",
    ),
    (
        Reason::Caption,
        60,
        r"\b([Pp]hoto(graph)?|[Ii]mage|[Pp]icture|[Cc]redit|[Ii]llustration)s?\s*([Cc]redit)?\s*(:|[Bb]y) [A-Z][\w.'’-]*( (and |& )?[A-Z][\w.'’-]*){1,4}([,/|] ?[A-Z][\w .'’-]+)?\.?$",
    ),
    (Reason::Caption, 60, r"(©|\([cC]\) ?\d{4}) ?\d{0,4} ?[\w .,/&-]*$"),
    (
        Reason::Byline,
        30,
        r"^\(?(?i:(with )?(additional )?(reporting|writing|editing|translation|translated|compiled|edited|research|graphics|design|words|text|interview|photos?|styling)\s*(by|:)\s)(?-i:[A-Z])[^.]*([.;)](\s*\(?(?i:writing|editing|additional|reporting|styling|hair|makeup|prop|photo)\b.*)?|\s*)$",
    ),
    (
        Reason::Byline,
        14,
        r"^(?i:by|from|words by|posted by|written by|story by|author|authors)(:| ) ?(?i:the )?[A-Z][\w.'’-]+(( |, | and | & |-)(?i:of|for|in|the|our)? ?\(?[A-Z@][\w.'’-]*\)?)*[^.!?]*$",
    ),
    (
        Reason::Byline,
        12,
        r"(?i)^(posted|published|updated|last (updated|modified)|first published|date|dated|issued)\b( on| at|:)?\s[^.]*\d[^.]*$",
    ),
    (
        Reason::Byline,
        10,
        r"(?i)^\W*((mon|tues|wednes|thurs|fri|satur|sun)day\W+)?(\d{1,2}(st|nd|rd|th)?\W+)?(january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?\W+(\d{1,2}(st|nd|rd|th)?\W+)?\d{4}\b[\s\W]*([|,·•–—-]?\s*\d{1,2}[:.]\d{2}.*)?$",
    ),
    (Reason::Byline, 8, r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(\s+\d{1,2}:\d{2}(:\d{2})?)?$"),
    (
        Reason::Byline,
        8,
        r"(?i)^\W*(estimated )?(reading time|time to read|read time)\W|^\W*\d{1,3}[ -]min(ute)?s?( read)?\W*$",
    ),
    (
        Reason::Byline,
        12,
        r"^[A-Z][A-Z .'’-]+,? (?:\(?[A-Z][\w. ]*\)?,? )?\d{0,2} ?[A-Z]?[a-z]{0,9}\.? ?\d{0,2},? ?\d{4}\b[^—–.]*\.?$",
    ),
    (Reason::Byline, 10, r"^[A-Z][A-Z .'’-]+(, ?[A-Z][\w. ]+)?(\([A-Z][\w .]*\))?\s*[—–-]+\s*$"),
    (Reason::Byline, 8, r"^[A-Z][A-Z .'’-]+, [A-Z][\w. ]+$"),
    (
        Reason::Biography,
        80,
        r"(?i)\b(follow (him|her|them|me|us|the author)\b.*(\b(twitter|instagram|facebook|linkedin)\b|@ ?\w)|can be (reached|contacted|followed|e-?mailed) (at|on|via) (\S*@|twitter|facebook|the e-?mail|\[email)|tweets (at|as) @|(his|her|their) (latest |most recent |new )?book\b.*\bis (published|out|available))",
    ),
    (Reason::Biography, 60, r"^(About the author|AUTHOR|About the writer)\b"),
    (
        Reason::Biography,
        45,
        r#"^[•*—–-]*\s*(?:(?:Dr|Mr|Mrs|Ms|Prof|Rev|Fr|Sen|Rep)\.? )?[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]*\.?| of| de| van| von| al){1,4}(?:, ?[^,.“"]{3,60},)? (?:is|was) (?:currently |also |now )?(?:an? |the |our )?(?:[\w'’█-]+ ){0,7}?(?:editors?|professor|fellow|associate|author|writer|columnist|reporter|journalist|correspondent|contributor|lecturer|historian|producer|physician|director|vice president|founder|analyst|attorney|strategist|blogger|host|scholar|advis[eo]r|researcher)(?: emeritus| emerita)?(?:,| and| of| at| for| with| in|\.|$| whose| based)[^“"]*$"#,
    ),
    (
        Reason::Biography,
        60,
        r#"(?i)^[^“"]*\bis (?:an?|the) (?:[\w'’█-]+ ){0,4}(?:author of|contributing (?:editor|writer|columnist)|senior fellow|nationally syndicated|freelance)\b[^“"]*$"#,
    ),
    (
        Reason::Caption,
        70,
        r"(?i)^(from left|clockwise from|pictured( above| here)?[,:]|(top|bottom|left|right|above|below)( left| right)?: )|\((poster|painting|screenshot|screengrab|illustration|graphic|source)( credit| courtesy| by)?:[^()]*\)\.?$",
    ),
    (
        Reason::Byline,
        45,
        r"(?i)^[\[(*]*(editor['’]?s['’]? note|correction|clarification)\b ?[:(—-]|^[\[(*]*(this|the (headline|language|text) (in|of) this|an? (earlier|previous) version of (this|the)) (story|article|post|report|piece|column|headline|page)\b.*\b(updated|corrected|clarified|edited|misstated|incorrectly|originally)\b|^\((updates|corrects|adds|recasts)\b[^)]*\)$",
    ),
    (
        Reason::Legal,
        80,
        r"(?i)(available without charge to (any|all)|for licensing (opportunities|inquiries)|this (story|article|column|piece|post) (was |is |has been )?(originally|first) (appeared|published|ran|posted)|^(originally|first) (appeared|published|posted) (on|in|at) |(reprinted|republished) with permission)",
    ),
    (
        Reason::Related,
        12,
        r"(?i)^(live (updates|coverage|blog|results)|full coverage|watch live|follow live)\b[^.]*[.:]?$",
    ),
    (Reason::Related, 16, r"(?i)^(check out|scroll|keep reading) .*\b(below|here|above|in full)[.:!]?$"),
    (Reason::Navigation, 40, r"(?i)^embed\b.*\b(copy|code|autoplay)\b|copy this code to your (web)?site"),
    (Reason::Heading, 4, r"(?i)^\d{1,2}(:\d\d)? ?[ap]\.?m\.?:?$"),
];
