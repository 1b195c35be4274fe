import "math"
import "string"
import "time"
import "tests"
import "console"

rule first : tag
{
    meta:
        description = "syntax that came with libyara 4"
        share = -3
        active = false
    strings:
        $a = "secret" xor
        $b = "encoded" base64 base64wide
        $c = "hidden" private
        $d = "same"
    condition:
        50% of them or 2 of ($a, $b) in (0..100) or any of them at 0
        or #d in (0..filesize \ 2) == 3 or none of ($c)
}

rule second
{
    strings:
        $a = "same"
        $b = "same" wide
        $c = "sameness"
        $d = { 01 02 [300-500] 03 04 [0-1000] 05 06 }
        $e = { ( 61 | 62 63 ) [1-2] ~65 ?6 6? }
    condition:
        ( any of (first) or all of them ) and defined @a[2]
        and for any s in ("one", "two", text) : ( s icontains "O" or s startswith "t" )
        and for all k, v in tests.struct_dict : ( k == "foo" or v.i == 1 )
        and for any i in tests.integer_array : ( i == 2 )
}

global rule everywhere
{
    condition:
        filesize < 10MB and not (text iequals "x" or text endswith "y" or text istartswith "z")
        and string.length("abc") == 3 and time.now() > 0 and console.log("")
        and math.abs(-1) == 1 and tests.match(/foo/, "foo") == 3 and entrypoint == 0
}

rule unreferenced_name : a b c
{
    strings:
        $ = /[a-f]+\d{1,3}\bword\B.*end$/ nocase
        $ = /(one|two|three)+?\x41[^\n]{2,}?/ wide
    condition:
        for 1 of them : ( $ ) and (int32be(4) & 0xF0F0) | 3 >= 2 and 1.5 + 2 < -ratio * 8
        and text != "b" and text >= "a" and text < "c" and text matches /x.y/is
}
