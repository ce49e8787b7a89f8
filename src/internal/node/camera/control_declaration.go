package camera

import (
	"fmt"
	"slices"
	"strings"

	"av_capture/src/internal/media"
	"av_capture/src/internal/param"
)

// declaration declares the parameter of a control.
func declaration(k *control) param.Declaration {
	d := param.Declaration{
		Name:     k.parameter,
		Default:  toParameter(k.Kind, k.Default),
		ReadOnly: k.ReadOnly,
		Tracked:  true,
		Volatile: k.Volatile,
	}
	description := fmt.Sprintf("The camera's control %q", k.Label)
	switch k.Kind {
	case media.ControlInteger:
		d.Range = param.IntegerRange{From: k.Min, To: k.Max, Step: max(0, k.Step)}
		d.Default = param.Int(min(max(k.Default.Number, k.Min), k.Max))
		if slices.Contains(media.UsualControls, k.parameter) {
			d.Keep = param.Int(leaveAlone)
		}
	case media.ControlMenu:
		d.Range = param.IntegerRange{From: k.Min, To: k.Max}
		var texts []string
		for _, item := range k.Menu {
			d.Choices = append(d.Choices, param.Int(item.Index))
			texts = append(texts, fmt.Sprintf("%d %s", item.Index, item.Text))
		}
		description += ": " + strings.Join(texts, ", ")
		if len(k.Menu) > 0 && !slices.ContainsFunc(k.Menu, func(m media.MenuItem) bool { return m.Index == k.Default.Number }) {
			d.Default = param.Int(k.Menu[0].Index)
		}
	case media.ControlBitmask:
		d.Constraint = fmt.Sprintf("bits of 0x%x", k.Max)
		d.Range = param.IntegerRange{From: 0, To: k.Max}
		d.Check = func(v param.Value) error {
			if v.Int()&^k.Max != 0 {
				return fmt.Errorf("want bits of 0x%x only", k.Max)
			}
			return nil
		}
	case media.ControlText:
		d.Constraint = fmt.Sprintf("%d to %d characters", k.Min, k.Max)
		d.Check = func(v param.Value) error {
			if n := int64(len(v.Text())); n < k.Min || n > k.Max || k.Step > 1 && (n-k.Min)%k.Step != 0 {
				return fmt.Errorf("want %d to %d characters, in steps of %d", k.Min, k.Max, max(1, k.Step))
			}
			return nil
		}
		d.Default = param.String(strings.Repeat(" ", int(k.Min)))
	case media.ControlButton:
		d.Description = description + ": true presses it."
		return d
	}
	if k.Kind != media.ControlText {
		description += fmt.Sprintf(", by default %s", d.Default)
	}
	if k.AutoBy != "" {
		description += fmt.Sprintf("; the camera sets it by itself while %s is on", k.AutoBy)
	}
	d.Description = description + "."
	return d
}

// toParameter converts the value of a control. A button is always false: it is pressed
// for a moment only.
func toParameter(kind media.ControlKind, value media.ControlValue) param.Value {
	switch kind {
	case media.ControlBool:
		return param.Bool(value.Number != 0)
	case media.ControlButton:
		return param.Bool(false)
	case media.ControlText:
		return param.String(value.Text)
	}
	return param.Int(value.Number)
}

// toControl converts the value of a parameter.
func toControl(value param.Value) media.ControlValue {
	switch value.Kind() {
	case param.KindBool:
		return media.ControlValue{Number: int64(truth(value.Bool()))}
	case param.KindString:
		return media.ControlValue{Text: value.Text()}
	}
	return media.ControlValue{Number: value.Int()}
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}
