"""What HTML a template may use: written down, because everything else is left out."""


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What belongs in a line of text.
INLINE = words(
    "abbr b bdi bdo br cite code del dfn em i img ins kbd mark q rp rt ruby s samp small span"
    " strong sub sup time u var wbr"
)
TABLE_PARTS = words("caption col colgroup table tbody td tfoot th thead tr")
BLOCKS = TABLE_PARTS | words(
    "address article aside blockquote center dd div dl dt figcaption figure footer h1 h2 h3 h4 h5"
    " h6 header hr li main ol p pre section ul"
)
TAGS = INLINE | BLOCKS
VOID = frozenset({"br", "col", "hr", "img", "wbr"})

# Not text either: they go with all that is in them.
UNSEEN = words(
    "applet audio canvas iframe math noembed noframes noscript object plaintext script select style"
    " svg template textarea title video xmp"
)

EVERYWHERE = words("aria-hidden aria-label class dir id lang role style title")
ATTRIBUTES = {
    "col": frozenset({"span"}),
    "colgroup": frozenset({"span"}),
    "img": words("alt height src width"),
    "ol": words("reversed start type"),
    "table": frozenset({"align", "width"}),
    "td": words("align colspan rowspan valign width"),
    "th": words("align colspan rowspan scope valign width"),
    "time": frozenset({"datetime"}),
    "tr": frozenset({"align", "valign"}),
}

# The open elements that a start tag ends by itself, unless one of the others is between.
ENDS = {
    "li": (words("li"), words("ol table ul")),
    "dt": (words("dd dt"), words("dl table")),
    "dd": (words("dd dt"), words("dl table")),
    "td": (words("caption td th"), words("table")),
    "th": (words("caption td th"), words("table")),
    "tr": (words("caption colgroup tr"), words("table")),
    "tbody": (words("caption colgroup tbody tfoot thead tr"), words("table")),
    "tfoot": (words("caption colgroup tbody tfoot thead tr"), words("table")),
    "thead": (words("caption colgroup tbody tfoot thead tr"), words("table")),
}
