package pdf

import "slices"

// column is what the width of a column of a table is found from.
type column struct {
	least   float64 // its longest word, as far as that is of a bearable length
	natural float64 // its longest text on one line
	share   float64
	right   bool
	width   float64
}

const (
	narrowest = 26.0  // of a column with words in it
	longWord  = 92.0  // words that are wider break
	longText  = 420.0 // texts that are wider do not ask for more
)

// span is how wide a table is: the page, unless it has so little to say that its
// columns would stand far apart.
func span(columns []column) float64 {
	natural := 0.0
	for _, c := range columns {
		natural += c.natural
	}
	if natural < wide*.55 {
		return max(natural*1.3, wide*.4)
	}
	return wide
}

func total(columns []column) float64 {
	w := 0.0
	for _, c := range columns {
		w += c.width
	}
	return w
}

// spread finds the widths of columns that fill a room together: each has its
// least at least, where that is possible; what is over goes to those that want
// more, by their shares.
func spread(columns []column, room float64) {
	least := 0.0
	for _, c := range columns {
		least += c.least
	}
	for i := range columns {
		columns[i].width = columns[i].least * min(1, room/least)
	}
	over := grow(columns, room-total(columns), func(c *column) float64 { return c.natural })
	used := total(columns)
	for i := range columns {
		columns[i].width += over * columns[i].width / used
	}
}

// grow gives columns more of what is over, up to what each wants, and returns
// what is still over.
func grow(columns []column, over float64, wants func(*column) float64) float64 {
	for over > 0.01 {
		hungry := slices.DeleteFunc(pointers(columns), func(c *column) bool { return wants(c)-c.width < 0.01 })
		if len(hungry) == 0 {
			return over
		}
		shares, given := 0.0, 0.0
		for _, c := range hungry {
			shares += c.share
		}
		for _, c := range hungry {
			more := min(wants(c)-c.width, over*c.share/shares)
			c.width += more
			given += more
		}
		over -= given
	}
	return 0
}

func pointers(columns []column) []*column {
	out := make([]*column, len(columns))
	for i := range columns {
		out[i] = &columns[i]
	}
	return out
}
