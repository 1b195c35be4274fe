import "math"

rule small : tag
{
    meta:
        description = "a little of everything"
        weight = 1
    strings:
        $a = "aa"
        $b = "needle"
        $c = /wor[dt]s/
    condition:
        ( $b or $c ) and for any i in (1..#a) : ( @a[i] % 2 == 1 )
        or number == 7 or math.deviation(0, filesize, 64.0) > 1.0
}

private rule other
{
    condition:
        small and filesize > 3
}
