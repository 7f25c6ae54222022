package netrules

import (
	"encoding/binary"
	"testing"

	"golang.org/x/sys/unix"
)

// route builds an rtmsg with attributes of the given types, four bytes each.
func route(dstLen, table byte, attributes ...uint16) []byte {
	r := make([]byte, unix.SizeofRtMsg)
	r[1], r[4] = dstLen, table
	for _, a := range attributes {
		r = binary.NativeEndian.AppendUint16(r, 8)
		r = binary.NativeEndian.AppendUint16(r, a)
		r = append(r, 198, 18, 0, 1)
	}
	return r
}

func TestLeadsOut(t *testing.T) {
	for name, tt := range map[string]struct {
		route []byte
		want  bool
	}{
		"default":         {route(0, unix.RT_TABLE_MAIN, unix.RTA_OIF, unix.RTA_GATEWAY), true},
		"the drill's own": {route(24, unix.RT_TABLE_MAIN, unix.RTA_DST, unix.RTA_OIF), false},
		"unreachable":     {route(0, unix.RT_TABLE_MAIN, unix.RTA_OIF), false},
		"another table":   {route(0, unix.RT_TABLE_LOCAL, unix.RTA_GATEWAY), false},
		"too short":       {make([]byte, 4), false},
		"a broken length": {append(route(0, unix.RT_TABLE_MAIN), 200, 0, 5, 0), false},
		"zero length":     {append(route(0, unix.RT_TABLE_MAIN), 0, 0, 5, 0), false},
	} {
		if got := leadsOut(tt.route); got != tt.want {
			t.Errorf("%s: leadsOut = %v, want %v", name, got, tt.want)
		}
	}
}
