rule one
{
    strings:
        $a = "needle"
    condition:
        $a
}
