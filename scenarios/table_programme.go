package scenarios

var weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// programmeKeys are the keys of kind Programme, by Go type.
var programmeKeys = map[string]map[string]fact{
	"Programme": {
		"apiVersion": {doc: "version of the schema", required: true, enum: []string{APIVersion}},
		"kind":       {doc: "what the file describes", required: true, enum: []string{"Programme"}},
		"metadata":   {doc: "name and title", required: true},
		"timezone":   {doc: "time zone of all dates in the file, \"Europe/Berlin\"", required: true, form: textForm},
		"owner":      {doc: "who answers for the programme, and for the items that name nobody", required: true, form: textForm},
		"from":       {doc: "first day on which something is planned, 2027-01-01", required: true, form: dayForm},
		"until":      {doc: "last day on which something is planned, 2027-12-31", required: true, form: dayForm},
		"seed":       {doc: "number from which the times of what is unannounced are drawn. Default 0", min: 0, max: 1e9},
		"together":   {doc: "drills that may run at the same time. Default 1", min: 1, max: 20},
		"quiet":      {doc: "hours in which nothing starts"},
		"freezes":    {doc: "stretches of time in which nothing starts"},
		"items":      {doc: "drills and exercises, with their dates", required: true},
	},
	"QuietHours": {
		"days": {doc: "days of the week; those that go over midnight belong to the day on which they begin. Default: every day", enum: weekdays},
		"from": {doc: "first minute, \"22:00\"", required: true, form: hourForm},
		"to":   {doc: "first minute after them, \"06:00\" or \"24:00\"", required: true, form: endHourForm},
	},
	"Freeze": {
		"name":  {doc: "why nothing starts", required: true, form: textForm},
		"from":  {doc: "its begin: a day, 2027-12-18, or a time, 2027-12-18T18:00", required: true, form: momentForm},
		"until": {doc: "its end: a day, which is frozen as a whole, or a time", required: true, form: momentForm},
	},
	"ProgrammeItem": {
		"id":          {doc: "name, unique in the file", required: true, form: nameForm},
		"title":       {doc: "one sentence", form: textForm},
		"drill":       {doc: "what is run: a scenario of the library, a file beside this one, or suite:NAME", form: textForm},
		"gameday":     {doc: "the exercise that is held: a name of the library, or a file beside this one", form: textForm},
		"owner":       {doc: "who answers for it. Default: the owner of the programme", form: textForm},
		"causes":      {doc: "ids of the causes of downtime that it stands for", enum: causes},
		"mitigations": {doc: "ids of the counter-measures that it proves", enum: mitigations},
		"controls":    {doc: "controls of standards, \"iso27001:A.5.30\"", form: textForm},
		"cron":        {doc: "its dates, as five fields of cron: minute, hour, day, month, day of the week", form: textForm},
		"every":       {doc: "its dates, as a day of every so many months"},
		"grace_days":  {doc: "days after its date at which it is overdue. Default 7", min: 0, max: 366},
		"unannounced": {doc: "its time is drawn from a window that begins on the day of its date; only the window is shown"},
		"missed":      {doc: "what becomes of a date at which nothing was there to run it. Default run: it is run once, late", enum: []string{MissedRun, MissedSkip}},
		"alarm":       {doc: "times before the start at which a calendar rings"},
		"runner":      {doc: "who starts it; game days are always manual. Default auto for drills", enum: []string{RunnerAuto, RunnerManual}},
	},
	"Every": {
		"months": {doc: "length of the cycle in months", required: true, min: 1, max: 60},
		"month":  {doc: "first month, 1 to 12. Default: that in which the programme begins", min: 1, max: 12},
		"day":    {doc: "day of the month; in a shorter month the last. Default 1", min: 1, max: 31},
		"at":     {doc: "time of the day, \"10:00\"", required: true, form: hourForm},
	},
	"Unannounced": {
		"window_days": {doc: "length of the window in days. Default 1", min: 1, max: 366},
		"from":        {doc: "first minute of each day that may be drawn. Default 00:00", form: hourForm},
		"to":          {doc: "first minute of each day that may not be drawn any more. Default 24:00", form: endHourForm},
	},
}
