"""What other tools report by default: each of their codes, and how severe it is to them. Data from their documentation.

hadolint's `style` is our `hint`, its `ignore` is `off`.
"""

from __future__ import annotations

from collections.abc import Mapping

_HADOLINT = {
    "error": (
        "DL3000 DL3004 DL3011 DL3012 DL3020 DL3021 DL3023 DL3024 DL3026 DL3043 DL3044 DL3061 DL4000 DL4004"
    ),
    "warning": (
        "DL3002 DL3003 DL3006 DL3007 DL3008 DL3013 DL3014 DL3016 DL3018 DL3022 DL3025 DL3027 DL3028 DL3029 DL3030"
        " DL3032 DL3033 DL3034 DL3035 DL3036 DL3037 DL3038 DL3040 DL3041 DL3042 DL3045 DL3046 DL3051 DL3052 DL3053"
        " DL3054 DL3055 DL3056 DL3058 DL3062 DL3063 DL3064 DL3065 DL3067 DL4001 DL4003 DL4005 DL4006"
    ),
    "info": "DL3001 DL3009 DL3010 DL3015 DL3019 DL3047 DL3049 DL3050 DL3059 DL3060 DL3066",
    "hint": "DL3048",
    "off": "DL1001 DL3057",
}
_BUILDKIT = {
    "warning": (
        "StageNameCasing FromAsCasing NoEmptyContinuation ConsistentInstructionCasing DuplicateStageName"
        " ReservedStageName JSONArgsRecommended MaintainerDeprecated UndefinedArgInFrom WorkdirRelativePath"
        " UndefinedVar MultipleInstructionsDisallowed LegacyKeyValueFormat InvalidBaseImagePlatform"
        " RedundantTargetPlatform SecretsUsedInArgOrEnv InvalidDefaultArgInFrom FromPlatformFlagConstDisallowed"
        " CopyIgnoredFile ExposeProtoCasing ExposeInvalidFormat"
    ),
    "off": "InvalidDefinitionDescription",
}

PRESETS: Mapping[str, Mapping[str, str]] = {
    tool: {code: level for level, codes in levels.items() for code in codes.split()}
    for tool, levels in (("hadolint", _HADOLINT), ("buildkit", _BUILDKIT))
}
"""By the tool's name: the level of each of its codes."""

TOPICS: Mapping[str, frozenset[str]] = {"hadolint": frozenset(("shellcheck",))}
"""By the tool's name: what it reports all of."""

BY_INSTRUCTION = frozenset(("hadolint",))
"""Tools that report an instruction as a whole: a code once, at its first line."""
