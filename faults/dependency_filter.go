package faults

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

type filterParams struct {
	Effect string        `yaml:"effect"`
	Delay  time.Duration `yaml:"delay"`
}

// milterVerdicts are the answers at a recipient.
var milterVerdicts = map[FilterEffect]byte{FilterAccepts: 'a', FilterRejects: 'r', FilterTempfail: 't'}

func newFilter(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, filterParams{string(FilterDown), 10 * time.Second})
	if err != nil {
		return nil, err
	}
	script := MilterScript{Effect: FilterEffect(p.Effect)}
	verdict, decides := milterVerdicts[script.Effect]
	look := dependencyLook{say: milterLook()}
	switch {
	case decides:
		want := bytes.Join([][]byte{milter('c'), milter('c'), milter('c'), milter(verdict)}, nil)
		look.hear, look.shows = milterGreeting+len(want), func(s Sight, _ error) bool { return bytes.HasSuffix(s.Bytes, want) }
	case script.Effect == FilterDown:
		look.hear, look.shows = milterGreeting, resets
	case script.Effect == FilterSlow && p.Delay >= leastDelay:
		script.Delay = p.Delay
		look.hear, look.shows = milterGreeting, answersLate(p.Delay)
	case script.Effect == FilterSlow:
		return nil, fmt.Errorf("delay %v; valid: at least %v", p.Delay, leastDelay)
	default:
		return nil, errors.New("effect; valid: down, slow, accept-all, reject-all, tempfail")
	}
	return newDependency("dep.filter", p, "milter", script, look)
}

// milterGreeting is the length of the answer to the negotiation.
const milterGreeting = 4 + 1 + 3*4

// milterLook is what a mail server says up to the first recipient: version 6, all
// actions, and an answer to each step.
func milterLook() []byte {
	options := binary.BigEndian.AppendUint32(nil, 6)
	options = binary.BigEndian.AppendUint32(options, 0x1ff)
	options = binary.BigEndian.AppendUint32(options, 0)
	return bytes.Join([][]byte{
		milter('O', options...),
		milter('C', []byte("look.drill.invalid\x004\x00\x19198.18.0.1\x00")...),
		milter('H', []byte("look.drill.invalid\x00")...),
		milter('M', []byte("<>\x00")...),
		milter('R', []byte("<look@drill.invalid>\x00")...),
	}, nil)
}

// milter is one message of the protocol.
func milter(command byte, data ...byte) []byte {
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(1+len(data))), command), data...)
}
