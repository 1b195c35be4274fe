# Channel files for the definitions in corpora/template_definitions/valid/smallest.tdef, one type
# with one field: a grammar with constraints for Fandango. Each file has one instance.
from struct import pack
from zlib import crc32


def without_sum(content):
    data = bytes(content)
    return data[:12] + bytes(4) + data[16:]


<start> ::= <content>
<content> ::= <head> <file_size> <sum> b'\x23\x01' <release> b'\x01\x00\x00\x00' b'\x01\x00\x00\x00' <places> <pool_size> b'\x00'{12} b'\x10\x00\x00\x00' <instance> <entry> <pool>
<head> ::= b'CHNL\x01\x00\x40\x00'
<file_size> ::= <byte>{4}
<sum> ::= <byte>{4}
<release> ::= b'\xbc\x02' | b'\xbd\x02' | b'\xbe\x02' | b'\xbf\x02' | b'\xc0\x02' | b'\xc7\x02'
<places> ::= b'\x44\x00\x00\x00\x10\x00\x00\x00\x54\x00\x00\x00\x08\x00\x00\x00\x5c\x00\x00\x00'
<pool_size> ::= <byte>{4}
<instance> ::= <instance_id> b'\x01\x00\x01\x00' <kind> b'\x00' <length> b'\x00\x00\x00\x00'
<instance_id> ::= <byte>{4}
<kind> ::= b'\x03' | b'\x04'
<length> ::= <byte>{2}
<entry> ::= <entry_id> b'\x44\x00\x00\x00'
<entry_id> ::= <byte>{4}
<pool> ::= <text> b'\x00'
<text> ::= <letter>{1, 12}
<letter> ::= rb'[a-z]'

where bytes(<entry_id>) == bytes(<instance_id>)
where bytes(<length>) == pack('<H', len(bytes(<text>)))
where bytes(<pool_size>) == pack('<I', len(bytes(<pool>)))
where bytes(<file_size>) == pack('<I', len(bytes(<content>)))
where bytes(<sum>) == pack('<I', crc32(without_sum(<content>)))
