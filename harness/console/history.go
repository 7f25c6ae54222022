package console

import (
	"net/http"
	"slices"

	"maildrill/harness/exercise"
)

func (c *Console) historyPage(w http.ResponseWriter, r *http.Request, p *person) {
	all, err := c.config.Shelf.Exercises()
	if err != nil {
		c.refuse(w, r, http.StatusInternalServerError, "The exercises cannot be read: "+err.Error())
		return
	}
	c.show(w, http.StatusOK, "history", page{Title: "Exercises", Here: "history", Person: p, Data: all})
}

// heat is the programme as a table: a column for each kind of item.
type heat struct {
	Columns []string
	Rows    []heatRow
	Counts  []count
}

type heatRow struct {
	Row
	Cells []*Cell // by column; nil: the row does not ask for it
}

type count struct {
	Age Age
	N   int
}

func (c *Console) programmePage(w http.ResponseWriter, r *http.Request, p *person) {
	rows, err := c.config.Shelf.Programme()
	if err != nil {
		c.refuse(w, r, http.StatusInternalServerError, "The programme cannot be read: "+err.Error())
		return
	}
	c.show(w, http.StatusOK, "programme", page{Title: "Programme", Here: "programme", Person: p, Data: newHeat(rows)})
}

func newHeat(rows []Row) (h heat) {
	counts := map[Age]int{}
	for _, row := range rows {
		for _, cell := range row.Cells {
			counts[cell.Age.known()]++
			if !slices.Contains(h.Columns, cell.Column) {
				h.Columns = append(h.Columns, cell.Column)
			}
		}
	}
	for _, row := range rows {
		one := heatRow{Row: row, Cells: make([]*Cell, len(h.Columns))}
		for _, cell := range row.Cells {
			cell.Age = cell.Age.known()
			one.Cells[slices.Index(h.Columns, cell.Column)] = &cell
		}
		h.Rows = append(h.Rows, one)
	}
	for _, a := range ages {
		h.Counts = append(h.Counts, count{a, counts[a]})
	}
	return h
}

func (c *Console) trendsPage(w http.ResponseWriter, r *http.Request, p *person) {
	all, err := c.config.Shelf.Trends()
	if err != nil {
		c.refuse(w, r, http.StatusInternalServerError, "The trends cannot be read: "+err.Error())
		return
	}
	c.show(w, http.StatusOK, "trends", page{Title: "Trends", Here: "trends", Person: p, Data: drawn(all)})
}

// formats of reports, with their content types. What a browser might obey is opened
// in a sandbox; the rest is saved.
var formats = map[string]string{
	"html": "text/html; charset=utf-8", "pdf": "application/pdf", "md": "text/markdown; charset=utf-8", "json": "application/json",
}

// sandbox: a report comes with its own styles, and gets neither script nor our origin.
const sandbox = "sandbox allow-downloads allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func (c *Console) report(w http.ResponseWriter, r *http.Request, p *person) {
	id, format := r.PathValue("id"), r.PathValue("format")
	kind, ok := formats[format]
	if !ok {
		c.refuse(w, r, http.StatusNotFound, "There is no such format: ask for html, pdf, md or json.")
		return
	}
	if err := c.mayOpen(id, p); err != nil {
		c.fail(w, r, err)
		return
	}
	content, err := c.config.Shelf.Report(id, format)
	if err != nil {
		c.refuse(w, r, http.StatusInternalServerError, "The report cannot be made: "+err.Error())
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Security-Policy", sandbox)
	if format != "html" {
		w.Header().Set("Content-Disposition", `attachment; filename="exercise.`+format+`"`)
	}
	_, _ = w.Write(content)
}

// mayOpen looks the exercise up in the list, so that an id never becomes a path, and
// keeps reports of what is still played from those who must be surprised.
func (c *Console) mayOpen(id string, p *person) error {
	all, err := c.config.Shelf.Exercises()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(r exercise.Record) bool { return r.ID == id })
	if i < 0 {
		return refusal{http.StatusNotFound, "There is no exercise of this name."}
	}
	if !all[i].State.Over() && !p.Role.may(surprises) {
		return refusal{http.StatusForbidden, "The report can be read when play is over."}
	}
	return nil
}
