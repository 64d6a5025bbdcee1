"""English words of scholarly prose by what they do in a sentence; see `app.text.phrase_lexicon`.

Closed classes and the commonest members of open ones. None is a subject of papers.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ADVERBS_WITHOUT_LY = _words(
    """
    according across ago al alike almost alone along already although always amid amongst anyway
    apart aside away besides beyond billion billions despite dozen due e.g eg eight else enough
    et etc even ever every everyone everything except fig first firstly five forward four hence
    henceforth hundred hundreds i.e ie indeed inside instead just last least less let like
    likewise may maybe might million millions much must namely near never nevertheless next nine
    none nonetheless nothing now nowadays often one ones onto otherwise outside per perhaps plus
    quite rather regarding resp respect second secondly seven shall since six so something
    sometimes somewhat soon still ten therein thereof third though thousand thousands three
    throughout thus together too toward towards twice two unless unlike versa versus via vice
    viz vs well whatever whenever whereby wherein wherever whilst without yet zero
    """
)
"""Adverbs, prepositions, pronouns and numerals beside the stop words of the index."""

SCAFFOLDING = _words(
    """
    ability absence account addition address advance advances advantage advantages aim aims amount
    amounts appendix applicability article articles aspect aspects attempt attempts author authors
    availability basis benefit benefits case cases choice choices circumstance circumstances
    comparison consequence consequences consideration contrast contribution contributions copyright
    couple currently date day days detail details difference differences difficulties difficulty
    drawback drawbacks effectiveness effort efforts elsevier example examples existence extent fact
    facts fashion favor feasibility figure figures finding findings form forms goals hand idea
    ideas implication implications importance insight insights instance instances kind kinds lack
    letter letters likely literature lot magnitude majority manner matter means merit moreover
    necessity need needs note notion notions novelty occurrence overview paper papers part parts
    places plenty portion possibilities possibility presence purpose purposes quantity questions
    reason reasons regard report reports researchers respect result results rise role roles room
    scholars scope sense shortcoming shortcomings situation situations sort spite subject success
    such terms title today usefulness validity way ways whole work works world year years yield
    """
)
"""Words that hold an argument together and are never part of its subject."""

EVALUATIVE_ADJECTIVES = _words(
    """
    able accessible accurate actual additional adequate advanced alternative apparent appropriate
    attractive automatic available basic best better big bigger broad careful celebrated certain
    challenging clear clear-cut close common comparable competitive complete complicated
    comprehensive conceptual considerable consistent convenient conventional correct corresponding
    critical crucial current customary decent desirable desired detailed different difficult direct
    distinct diverse early easy effective efficient elegant entire equivalent essential established
    exact excellent existing extensive extra fast feasible few final fine flexible fresh full
    fundamental further future general generic good great hard higher highest huge identical
    important impressive improved inherent initial innovative interesting intuitive known larger
    largest lengthy lightweight limited long-standing longer lowest main major many meaningful
    minor modern multiple natural necessary new nice notable novel numerous obvious older original
    overall own particular past perfect poor popular possible powerful practical precise
    preliminary present previous primary principal promising proper rapid real real-life real-world
    realistic reasonable recent relative relevant reliable remarkable representative respective
    resultant resulting rich rigorous robust rough same satisfactory several severe short
    significant similar simple simpler single slow smaller smallest so-called sophisticated special
    specific state-of-the-art straightforward striking strong subsequent substantial successful
    successive sufficient suitable superior typical underlying unique unknown unprecedented useful
    usual valid valuable various vast versatile viable violent vital weak well-defined
    well-established well-known well-studied wide widespread
    """
)
"""Adjectives that praise, compare or place; a phrase does not begin with them."""

ADJECTIVES = _words(
    """
    abstract big blind bright broad clean coarse cold compact complex concrete constant convex dark
    deep dense dependent discrete distant double dry dull dynamic empty explicit false finite free
    heavy high high-dimensional high-level high-quality hot hybrid ideal independent infinite inner
    intensive joint large large-scale latent light linear long long-term loose low low-dimensional
    low-level lower mean multi-dimensional mutual narrow non-linear nonlinear online open outer
    parallel prior private pure quick random raw real-time remote safe secure semi-supervised sharp
    short short-term small smart smooth soft solid sparse stable standard static strict supervised
    thick thin tight time-consuming tiny true uncertain unlabeled unseen unstable unsupervised
    upper warm wet wireless young
    """
)
"""Other adjectives that no suffix tells."""

NOUNS_LIKE_ADJECTIVES = _words(
    """
    academic accessory additive adversary alternative animal approval archive arithmetic arrival
    arsenal audience bill boundary bowel cable cannibal capital carnival ceramic channel
    chemical client clinic coefficient collective consonant corollary critic crystal decimal
    deliverable delivery denial derivative detective diary dictionary differential disposal dive
    documentary drive epidemic estuary executable executive exponential fabric festival fiducial
    formative fractal functional functionals glossary goal gradient heuristic hive hospital
    incentive ingredient initiative integral interval itinerary journal kernel level library
    local logic magic mail mammal manifold material medal metal metric mineral model mosaic
    motive music narrative native network objective observable olive organic orient panel panic
    patient pedal pedestal perspective pixel plastic polynomial portal potential preservative
    professional proposal protocol quotient radical rational recital referral refusal removal
    renewal representative retrieval rival salary sandal secretary sequential signal statistic
    summary survival syllable table tactic terminal territory thermal topic tourist traffic
    trial tribunal tutorial variable vessel vocabulary vowel withdrawal
    """
)
"""Nouns that end like adjectives."""

LY_NOUNS = _words(
    """
    anomaly assembly belly bully butterfly daily family firefly fly friendly italy july monopoly
    monthly poly rally reply supply user-friendly weekly yearly
    """
)
"""Words in -ly that are no adverbs."""

VERBS = _words(
    """
    accelerate accept accommodate accomplish achieve acquire act adapt add adjust admit adopt
    advocate affect aggregate aid alleviate allow alter analyse analyze appear apply argue arise
    arrive ask assert assess assign assist assume attain attract avoid await become begin behave
    believe belong blame borrow bring build calculate capture carry categorize caution characterise
    characterize choose circumvent cite claim clarify classify coincide collect combine come commit
    communicate compare compensate complicate comply comprise compute concern conclude conduct
    confine confirm connect consider consist constitute constrain contain contend continue
    contradict convert cope correspond create cultivate deal decide dedicate deduce deem define
    degrade delineate deliver demand demonstrate denote depart depend depict derive describe deserve
    detect deteriorate determine develop deviate devise differ diminish disagree discard disclose
    discover discriminate discuss dispense dispose disregard disrupt distinguish dominate duplicate
    earn elaborate elicit eliminate elucidate embody emerge emphasise emphasize employ enable encode
    encounter encourage endow enforce engage enhance enjoy enlarge enrich ensure entail enumerate
    equip establish estimate evaluate evoke evolve exacerbate examine exceed excel exclude exemplify
    exert exhibit exist expand expect explain exploit explore expose express extend extract
    facilitate fail fascinate favour find follow forego formalize formulate foster fulfil fulfill
    furnish gain gather generalise generalize generate get give govern grow hamper happen have
    hinder hypothesize identify illuminate illustrate imagine impair impede imply impose improve
    include incorporate incur indicate infer inherit inhibit insert inspire install instruct
    integrate intend intensify interpret intervene introduce invest investigate invite invoke
    involve join justify keep know lead learn leave lend let leverage listen locate look maintain
    make manage maximize meet mention mimic minimise minimize mislead misuse mitigate modify
    motivate necessitate nominate notice notify obey observe obtain occur oppose optimize originate
    outline outperform outweigh overcome overestimate overlook participate perform permit persist
    persuade pertain pinpoint play possess postulate precede preclude predict prefer prepare
    preserve presume prevail prevent proceed proclaim produce prohibit prolong promote propose
    prosper prove provide pursue put qualify quantify raise reach realise realize reappear rearrange
    receive recognize recommend reconcile reconsider reconstruct recover rectify redefine redesign
    reduce refer refine refrain regard reinforce reject relate relieve rely remain remind remove
    render replace reproduce require rescue resemble resolve resort respond restrict resume retain
    rethink retrieve reveal revise revisit rewrite sacrifice satisfy say scrutinize see seek seem
    select send separate serve settle shed show showcase simplify simulate sit solve speak specify
    speculate spend stand stay steer stipulate strengthen strive struggle submit substitute succeed
    succumb suffer suffice suggest summarise summarize suppose suppress surpass surround suspect
    sustain tackle take tell tend think tolerate transcend transpire treat try turn uncover
    underestimate undergo undermine understand undertake unify unravel unveil uphold urge use
    utilise utilize validate vanish vary verify visualize wait want weaken widen wish wonder worry
    worsen write
    """
)
"""Verbs of scholarly prose, none of whose forms is a noun, but for `NOUNS_LIKE_VERBS`."""

VERBS_LIKE_NOUNS = _words(
    """
    access aid aim answer approach attempt attribute bear benefit bound call cast cause change check
    claim compete complement complete conjecture contact cover demand design display draw drive end
    exhibit experience fall fit fix focus force gain guarantee guide help hold hope increase
    influence lead limit link look match measure move name need offer open pay perfect point pose
    present project promise prompt question quote rank reach recall reflect report result return
    reverse review reward run shape share shift spot spread start state stem stop stress study
    subject suit support survey target trace treat trigger trust turn update view visit want witness
    work yield
    """
)
"""Verbs whose own form is as often a noun: only their forms in -ed and -ing are breaks."""

IRREGULAR_VERB_FORMS = _words(
    """
    arisen arose became began begun broken brought built came chosen comes done drawn driven fallen
    fell felt found gave given goes going gone got grew grown held kept knew known laid lain lay led
    left lies lost lying made meant met overcame paid proven put ran read rose said saw seen sent
    shed shown sought spent spoke spoken stood taken thought told took undergone understands
    understood underwent went written wrote
    """
)

NOUNS_LIKE_VERBS = _words(
    """
    accounting analyses answering bending binding bonding branching breaking building casting
    checking clustering coding computing cooling coupling driving encoding engineering estimates
    filtering finding fitting focusing forcing forecasting gathering hashing heating imaging
    indexing learning limiting linking mapping marketing matching meeting mining modeling modelling
    monitoring networking ordering processing programming prompting ranking reasoning rendering
    rewriting routing sampling scaling scattering scheduling screening seeking sensing sharing
    shifting smoothing spreading steering stopping switching targeting testing thinking timing
    tracing tracking training triggering tuning understanding voting wetting writing
    """
)
"""Forms of the verbs above that name a subject, most of them in -ing."""

VERBS_BY_USE = _words(
    """
    accumulate activate addresses adhere align aligns allocate amplifies amplify annotate
    anticipate approximates assemble associate associates augment augments automate automates bear
    bears behind bind break breaks broaden bypassing calibrate call cancel cast collaborate
    completes compose comprehend compress compresses concentrate conform conserve construct consume
    consumes contribute convey cooperate corrects correlate corroborate couples curate decode
    decompose decomposes decouple decouples defend deform deploy destroy diagnose differentiate
    discern discretize disentangle disentangles display distill distills distribute divides don
    draw embeds emit empowers emulate encompass encompasses enter entering enters equals excite
    execute executes exhibit extrapolate favors feel fill fills fine-tune fine-tunes fluctuate fuse
    fuses guides handle handles hide highlight highlighting highlights hold hope ignore ignores
    ignoring imitate implement implements induce induces inform initiate inject injects instantiate
    interfere interpolate isolate isolates lacks laying lays lead localize look lose loses lowers
    manipulate match mediate merges migrate mirroring miss modulate modulates navigate neglecting
    obscure occupies occupy offer offers opens operate optimise organize organizes oscillate pave
    paves paving pay posit presents prioritize prioritizes propagate protect prune quantize recast
    reflect reflects reformulate reformulates regularize regulate regulates relax relaxes replicate
    represent represents resist respects restore restores rotate save sell share specialize
    stabilize stabilizes stimulate streamline supports synchronize synthesize synthesizes teach
    train translate traverse treat treats tune turns undergoes underlie underlies underscore
    underscores underscoring unlock unlocking violate violates want yields
    """
)
"""Other forms that abstracts use as verbs; the rule and its count: `tests.eval.verb_forms`."""

VERB_HERALDS = _words(
    """
    can cannot could i may might must not should they to we which who will would
    """
)
"""A word behind one of these is a verb."""

UNSURE_HERALDS = _words("to which")
"""Behind these only a word that may be one: "to study", but "to graphs"."""

ADVERBS_BEFORE_VERBS = _words("also first further here now then thus")
"""May stand between, like words in -ly."""
