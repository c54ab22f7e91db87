"""What CSS a template may use: written down, because everything else is left out.

Nothing that loads, runs, animates, covers what follows, or asks the document a question.
"""

from credentials.core.rendering.tags import words

PROPERTIES = words("""
    color color-scheme opacity accent-color print-color-adjust -webkit-print-color-adjust
    background background-attachment background-clip background-color background-image
    background-origin background-position background-repeat background-size background-blend-mode

    font font-family font-feature-settings font-kerning font-size font-stretch font-style
    font-variant font-variant-caps font-variant-ligatures font-variant-numeric font-weight
    line-height letter-spacing word-spacing white-space tab-size hyphens word-break
    overflow-wrap word-wrap line-break direction unicode-bidi writing-mode text-orientation
    text-align text-align-last text-decoration text-decoration-color text-decoration-line
    text-decoration-style text-decoration-thickness text-emphasis text-indent text-justify
    text-overflow text-shadow text-transform text-underline-offset text-wrap vertical-align
    quotes content list-style list-style-position list-style-type

    width min-width max-width height min-height max-height aspect-ratio box-sizing
    inline-size min-inline-size max-inline-size block-size min-block-size max-block-size
    margin margin-top margin-right margin-bottom margin-left margin-block margin-block-start
    margin-block-end margin-inline margin-inline-start margin-inline-end
    padding padding-top padding-right padding-bottom padding-left padding-block
    padding-block-start padding-block-end padding-inline padding-inline-start padding-inline-end
    border border-top border-right border-bottom border-left
    border-block border-block-start border-block-end
    border-inline border-inline-start border-inline-end
    border-color border-top-color border-right-color border-bottom-color border-left-color
    border-style border-top-style border-right-style border-bottom-style border-left-style
    border-width border-top-width border-right-width border-bottom-width border-left-width
    border-radius border-top-left-radius border-top-right-radius border-bottom-left-radius
    border-bottom-right-radius border-collapse border-spacing
    outline outline-color outline-offset outline-style outline-width
    box-shadow box-decoration-break overflow overflow-x overflow-y object-fit object-position

    display visibility float clear position top right bottom left inset
    flex flex-basis flex-direction flex-flow flex-grow flex-shrink flex-wrap order
    align-content align-items align-self justify-content justify-items justify-self
    place-content place-items place-self gap row-gap column-gap
    grid grid-area grid-auto-columns grid-auto-flow grid-auto-rows grid-column
    grid-column-end grid-column-start grid-row grid-row-end grid-row-start
    grid-template grid-template-areas grid-template-columns grid-template-rows
    columns column-count column-fill column-rule column-rule-color column-rule-style
    column-rule-width column-span column-width
    table-layout caption-side empty-cells
    break-after break-before break-inside page-break-after page-break-before page-break-inside
    orphans widows transform transform-origin rotate
    """)
# Of these only the words named. A fixed or absolute box could lie over all that follows.
WORDS = {"position": frozenset({"static", "relative", "initial", "unset"})}

COLORS = words("rgb rgba hsl hsla hwb lab lch oklab oklch")
ARITHMETIC = words("calc clamp max min")
FUNCTIONS = (
    COLORS
    | ARITHMETIC
    | words("""
        linear-gradient radial-gradient conic-gradient repeating-linear-gradient
        repeating-radial-gradient repeating-conic-gradient
        fit-content minmax repeat rotate scale skew translate translatex translatey
        """)
)
UNITS = words("""
    px pt pc in cm mm q em rem ex ch ic lh rlh cap vw vh vi vb vmin vmax svw svh lvw lvh dvw dvh
    fr deg grad rad turn
    """)

STATES = words("""
    after before empty first-child first-letter first-line first-of-type last-child last-of-type
    only-child only-of-type root
    """)
COUNTED = words("nth-child nth-last-child nth-last-of-type nth-of-type")

MEDIA = words("all and only print screen")
FEATURES = words("""
    height max-height max-width min-height min-width orientation prefers-color-scheme
    prefers-contrast width
    """)
