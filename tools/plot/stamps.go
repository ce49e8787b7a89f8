package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"
	"os"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
)

// stamps draws the error of sound's stamps: simulated, for each kind of lateness
// and each estimator over several seeds, and measured.
func stamps(simulated, measured, to string) error {
	runs, err := readRuns(simulated)
	if err != nil {
		return err
	}
	kinds, panels := []string{}, map[string]*plot.Plot{}
	colors := map[string]color.Color{}
	for _, r := range runs {
		p := panels[r.card]
		if p == nil {
			p = newErrors("simulated, late by: "+r.card, "|error of the stamp| [µs]")
			panels[r.card], kinds = p, append(kinds, r.card)
			clear(colors)
		}
		if err := addRun(p, r, colors); err != nil {
			return err
		}
	}
	real, err := measuredErrors(measured)
	if err != nil {
		return err
	}
	plots := []*plot.Plot{}
	for _, kind := range kinds {
		plots = append(plots, panels[kind])
	}
	plots = append(plots, real)
	var rows [][]*plot.Plot
	for ; len(plots) >= 2; plots = plots[2:] {
		rows = append(rows, plots[:2])
	}
	return save(rows, to)
}

// simulation is the error of one estimator in one simulation, over time.
type simulation struct {
	card, estimator, seed string
	points                plotter.XYs
}

// readRuns reads what package clock's TestTraces writes.
func readRuns(path string) ([]simulation, error) {
	rows, err := rowsOf(path, 5)
	if err != nil {
		return nil, err
	}
	var runs []simulation
	for _, row := range rows {
		if n := len(runs); n == 0 || runs[n-1].card != row[0] || runs[n-1].estimator != row[1] || runs[n-1].seed != row[2] {
			runs = append(runs, simulation{card: row[0], estimator: row[1], seed: row[2]})
		}
		point, err := magnitude(row[3], row[4])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		last := &runs[len(runs)-1]
		last.points = append(last.points, point)
	}
	return runs, nil
}

// least is the smallest error drawn on a logarithmic scale; smaller ones are drawn as it [µs].
const least = 0.1

// magnitude returns a point of a logarithmic diagram.
func magnitude(seconds, microseconds string) (plotter.XY, error) {
	x, err := strconv.ParseFloat(seconds, 64)
	y, err2 := strconv.ParseFloat(microseconds, 64)
	return plotter.XY{X: max(x, 0.1), Y: max(math.Abs(y), least)}, errors.Join(err, err2)
}

// rowsOf reads a CSV file of so many columns, without its heading.
func rowsOf(path string, columns int) ([][]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	reader := csv.NewReader(file)
	reader.FieldsPerRecord = columns
	if _, err := reader.Read(); err != nil && err != io.EOF {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	rows, err := reader.ReadAll()
	if err == nil && len(rows) == 0 {
		err = errors.New("no rows")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return rows, nil
}

// addRun adds a run in the colour of its estimator, which the legend names once.
func addRun(p *plot.Plot, r simulation, colors map[string]color.Color) error {
	line, err := plotter.NewLine(r.points)
	if err != nil {
		return err
	}
	known, ok := colors[r.estimator]
	if !ok {
		known = plotutil.Color(len(colors))
		colors[r.estimator] = known
	}
	line.Color, line.Width = known, vg.Points(0.5)
	p.Add(line)
	if !ok {
		p.Legend.Add(r.estimator, line)
	}
	return nil
}

// measuredErrors draws what tools/bench/stamps.py has measured.
func measuredErrors(path string) (*plot.Plot, error) {
	rows, err := rowsOf(path, 3)
	if err != nil {
		return nil, err
	}
	p := newErrors("measured with PulseAudio", "|distance from a line| [µs]")
	for i, name := range []string{"block received", "its stamp"} {
		points := make(plotter.XYs, len(rows))
		for k, row := range rows {
			if points[k], err = magnitude(row[0], row[2-i]); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
		}
		dots, err := plotter.NewScatter(points)
		if err != nil {
			return nil, err
		}
		dots.Color, dots.Radius = plotutil.Color(2*i), vg.Points(0.6)
		p.Add(dots)
		p.Legend.Add(name, dots)
	}
	return p, nil
}

// newErrors makes a diagram of errors over time, both logarithmic.
func newErrors(title, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, "time since the start [s]", y
	p.Title.TextStyle.Font.Size = vg.Points(13)
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, decadeTicks{}
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{}
	p.Add(plotter.NewGrid())
	p.Legend.Top = true
	return p
}
