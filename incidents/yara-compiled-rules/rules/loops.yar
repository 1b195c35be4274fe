rule count
{
    strings:
        $a = "aa"
    condition:
        for any i in (1..#a) : ( @a[i] % 2 == 1 )
}

rule nested
{
    condition:
        for any i in (0..3) : ( for all j in (i..4) : ( uint8(i + j) == 0x61 ) )
}
