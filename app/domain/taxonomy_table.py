"""The table behind `app.domain.taxonomy`: arXiv's groups, archives and categories.

Facts of https://arxiv.org/category_taxonomy and of arXiv's own tables (2026).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Archive:
    """One archive: what stands before the slash of an old id or the dot of a category.

    Attributes:
        group: code of the group it belongs to; "physics" holds most archives.
        start: YYMM of its first paper.
        end: YYMM of its last paper; empty while it is open.
        subsumed_by: the category that took a retired archive over; empty while it is open.
    """

    code: str
    group: str
    name: str
    start: str
    end: str = ""
    subsumed_by: str = ""

    @property
    def is_retired(self) -> bool:
        """Whether it takes no new papers any more."""
        return self.end != ""


GROUP_NAMES = {
    "physics": "Physics",
    "math": "Mathematics",
    "cs": "Computer Science",
    "q-bio": "Quantitative Biology",
    "q-fin": "Quantitative Finance",
    "stat": "Statistics",
    "eess": "Electrical Engineering and Systems Science",
    "econ": "Economics",
    "test": "Test",
}
"""Name of each group by code, in the order of arXiv's front page; "test" is arXiv's own."""

ARCHIVES = (
    Archive("acc-phys", "physics", "Accelerator Physics", "9411", "9609", "physics.acc-ph"),
    Archive(
        "adap-org",
        "physics",
        "Adaptation, Noise, and Self-Organizing Systems",
        "9303",
        "9912",
        "nlin.AO",
    ),
    Archive("alg-geom", "math", "Algebraic Geometry", "9202", "9712", "math.AG"),
    Archive("ao-sci", "physics", "Atmospheric-Oceanic Sciences", "9502", "9609", "physics.ao-ph"),
    Archive("astro-ph", "physics", "Astrophysics", "9204"),
    Archive(
        "atom-ph",
        "physics",
        "Atomic, Molecular and Optical Physics",
        "9509",
        "9609",
        "physics.atom-ph",
    ),
    Archive("bayes-an", "physics", "Bayesian Analysis", "9506", "9611", "physics.data-an"),
    Archive("chao-dyn", "physics", "Chaotic Dynamics", "9301", "9912", "nlin.CD"),
    Archive("chem-ph", "physics", "Chemical Physics", "9403", "9609", "physics.chem-ph"),
    Archive("cmp-lg", "cs", "Computation and Language", "9404", "9809", "cs.CL"),
    Archive(
        "comp-gas", "physics", "Cellular Automata and Lattice Gases", "9302", "9912", "nlin.CG"
    ),
    Archive("cond-mat", "physics", "Condensed Matter", "9204"),
    Archive("cs", "cs", "Computer Science", "9301"),
    Archive("dg-ga", "math", "Differential Geometry", "9406", "9712", "math.DG"),
    Archive("econ", "econ", "Economics", "1709"),
    Archive("eess", "eess", "Electrical Engineering and Systems Science", "1709"),
    Archive("funct-an", "math", "Functional Analysis", "9204", "9712", "math.FA"),
    Archive("gr-qc", "physics", "General Relativity and Quantum Cosmology", "9207"),
    Archive("hep-ex", "physics", "High Energy Physics - Experiment", "9404"),
    Archive("hep-lat", "physics", "High Energy Physics - Lattice", "9202"),
    Archive("hep-ph", "physics", "High Energy Physics - Phenomenology", "9203"),
    Archive("hep-th", "physics", "High Energy Physics - Theory", "9108"),
    Archive("math", "math", "Mathematics", "9202"),
    Archive("math-ph", "physics", "Mathematical Physics", "9609"),
    Archive("mtrl-th", "physics", "Materials Theory", "9411", "9609", "cond-mat.mtrl-sci"),
    Archive("nlin", "physics", "Nonlinear Sciences", "9301"),
    Archive("nucl-ex", "physics", "Nuclear Experiment", "9412"),
    Archive("nucl-th", "physics", "Nuclear Theory", "9210"),
    Archive("patt-sol", "physics", "Pattern Formation and Solitons", "9302", "9912", "nlin.PS"),
    Archive("physics", "physics", "Physics", "9610"),
    Archive("plasm-ph", "physics", "Plasma Physics", "9509", "9609", "physics.plasm-ph"),
    Archive("q-alg", "math", "Quantum Algebra and Topology", "9412", "9712", "math.QA"),
    Archive("q-bio", "q-bio", "Quantitative Biology", "0309"),
    Archive("q-fin", "q-fin", "Quantitative Finance", "0812"),
    Archive("quant-ph", "physics", "Quantum Physics", "9412"),
    Archive(
        "solv-int", "physics", "Exactly Solvable and Integrable Systems", "9304", "9912", "nlin.SI"
    ),
    Archive("stat", "stat", "Statistics", "0704"),
    Archive("supr-con", "physics", "Superconductivity", "9411", "9609", "cond-mat.supr-con"),
    Archive("test", "test", "Test", "9502"),
)

CATEGORY_NAMES = {
    "astro-ph": {
        "CO": "Cosmology and Nongalactic Astrophysics",
        "EP": "Earth and Planetary Astrophysics",
        "GA": "Astrophysics of Galaxies",
        "HE": "High Energy Astrophysical Phenomena",
        "IM": "Instrumentation and Methods for Astrophysics",
        "SR": "Solar and Stellar Astrophysics",
    },
    "cond-mat": {
        "dis-nn": "Disordered Systems and Neural Networks",
        "mes-hall": "Mesoscale and Nanoscale Physics",
        "mtrl-sci": "Materials Science",
        "none": "Condensed Matter",
        "other": "Other Condensed Matter",
        "quant-gas": "Quantum Gases",
        "soft": "Soft Condensed Matter",
        "stat-mech": "Statistical Mechanics",
        "str-el": "Strongly Correlated Electrons",
        "supr-con": "Superconductivity",
    },
    "cs": {
        "AI": "Artificial Intelligence",
        "AR": "Hardware Architecture",
        "CC": "Computational Complexity",
        "CE": "Computational Engineering, Finance, and Science",
        "CG": "Computational Geometry",
        "CL": "Computation and Language",
        "CR": "Cryptography and Security",
        "CV": "Computer Vision and Pattern Recognition",
        "CY": "Computers and Society",
        "DB": "Databases",
        "DC": "Distributed, Parallel, and Cluster Computing",
        "DL": "Digital Libraries",
        "DM": "Discrete Mathematics",
        "DS": "Data Structures and Algorithms",
        "ET": "Emerging Technologies",
        "FL": "Formal Languages and Automata Theory",
        "GL": "General Literature",
        "GR": "Graphics",
        "GT": "Computer Science and Game Theory",
        "HC": "Human-Computer Interaction",
        "IR": "Information Retrieval",
        "IT": "Information Theory",
        "LG": "Machine Learning",
        "LO": "Logic in Computer Science",
        "MA": "Multiagent Systems",
        "MM": "Multimedia",
        "MS": "Mathematical Software",
        "NA": "Numerical Analysis",
        "NE": "Neural and Evolutionary Computing",
        "NI": "Networking and Internet Architecture",
        "OH": "Other Computer Science",
        "OS": "Operating Systems",
        "PF": "Performance",
        "PL": "Programming Languages",
        "RO": "Robotics",
        "SC": "Symbolic Computation",
        "SD": "Sound",
        "SE": "Software Engineering",
        "SI": "Social and Information Networks",
        "SY": "Systems and Control",
    },
    "econ": {
        "EM": "Econometrics",
        "GN": "General Economics",
        "TH": "Theoretical Economics",
    },
    "eess": {
        "AS": "Audio and Speech Processing",
        "IV": "Image and Video Processing",
        "SP": "Signal Processing",
        "SY": "Systems and Control",
    },
    "math": {
        "AC": "Commutative Algebra",
        "AG": "Algebraic Geometry",
        "AP": "Analysis of PDEs",
        "AT": "Algebraic Topology",
        "CA": "Classical Analysis and ODEs",
        "CO": "Combinatorics",
        "CT": "Category Theory",
        "CV": "Complex Variables",
        "DG": "Differential Geometry",
        "DS": "Dynamical Systems",
        "FA": "Functional Analysis",
        "GM": "General Mathematics",
        "GN": "General Topology",
        "GR": "Group Theory",
        "GT": "Geometric Topology",
        "HO": "History and Overview",
        "IT": "Information Theory",
        "KT": "K-Theory and Homology",
        "LO": "Logic",
        "MG": "Metric Geometry",
        "MP": "Mathematical Physics",
        "NA": "Numerical Analysis",
        "NT": "Number Theory",
        "OA": "Operator Algebras",
        "OC": "Optimization and Control",
        "PR": "Probability",
        "QA": "Quantum Algebra",
        "RA": "Rings and Algebras",
        "RT": "Representation Theory",
        "SG": "Symplectic Geometry",
        "SP": "Spectral Theory",
        "ST": "Statistics Theory",
    },
    "nlin": {
        "AO": "Adaptation and Self-Organizing Systems",
        "CD": "Chaotic Dynamics",
        "CG": "Cellular Automata and Lattice Gases",
        "PS": "Pattern Formation and Solitons",
        "SI": "Exactly Solvable and Integrable Systems",
    },
    "physics": {
        "acc-ph": "Accelerator Physics",
        "ao-ph": "Atmospheric and Oceanic Physics",
        "app-ph": "Applied Physics",
        "atm-clus": "Atomic and Molecular Clusters",
        "atom-ph": "Atomic Physics",
        "bio-ph": "Biological Physics",
        "chem-ph": "Chemical Physics",
        "class-ph": "Classical Physics",
        "comp-ph": "Computational Physics",
        "data-an": "Data Analysis, Statistics and Probability",
        "ed-ph": "Physics Education",
        "flu-dyn": "Fluid Dynamics",
        "gen-ph": "General Physics",
        "geo-ph": "Geophysics",
        "hist-ph": "History and Philosophy of Physics",
        "ins-det": "Instrumentation and Detectors",
        "med-ph": "Medical Physics",
        "optics": "Optics",
        "plasm-ph": "Plasma Physics",
        "pop-ph": "Popular Physics",
        "soc-ph": "Physics and Society",
        "space-ph": "Space Physics",
    },
    "q-bio": {
        "BM": "Biomolecules",
        "CB": "Cell Behavior",
        "GN": "Genomics",
        "MN": "Molecular Networks",
        "NC": "Neurons and Cognition",
        "OT": "Other Quantitative Biology",
        "PE": "Populations and Evolution",
        "QM": "Quantitative Methods",
        "SC": "Subcellular Processes",
        "TO": "Tissues and Organs",
    },
    "q-fin": {
        "CP": "Computational Finance",
        "EC": "Economics",
        "GN": "General Finance",
        "MF": "Mathematical Finance",
        "PM": "Portfolio Management",
        "PR": "Pricing of Securities",
        "RM": "Risk Management",
        "ST": "Statistical Finance",
        "TR": "Trading and Market Microstructure",
    },
    "stat": {
        "AP": "Applications",
        "CO": "Computation",
        "ME": "Methodology",
        "ML": "Machine Learning",
        "OT": "Other Statistics",
        "TH": "Statistics Theory",
    },
    "test": {
        "dis-nn": "Test Disruptive Networks",
        "mes-hall": "Test Hall",
        "mtrl-sci": "Test Mtrl-Sci",
        "none": "Test None",
        "soft": "Test Soft",
        "stat-mech": "Test Mechanics",
        "str-el": "Test Electrons",
        "supr-con": "Test Superconductivity",
    },
}
"""Name of each category by archive and subject class."""

RETIRED_SUBJECT_CLASSES = frozenset({"cond-mat.none"})
"""Categories with a subject class that take no new papers."""

ALIASES = {
    "cs.NA": "math.NA",
    "cs.SY": "eess.SY",
    "math.IT": "cs.IT",
    "math.MP": "math-ph",
    "q-fin.EC": "econ.GN",
    "stat.TH": "math.ST",
}
"""Category -> the one it is another name of; a paper in either belongs to both."""

OLD_STYLE_ARCHIVES = frozenset(
    # Two-digit years: 91 to 99 are older than 00 to 07.
    archive.code
    for archive in ARCHIVES
    if archive.group != "test" and (archive.start >= "91" or archive.start < "0704")
)
"""Archives that gave out identifiers of the old scheme, `archive/YYMMNNN`."""
