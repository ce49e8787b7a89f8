// Package canonical writes messages in a form that can be compared between
// languages: JSON, with floating-point numbers as the hexadecimal digits of their
// bits, which keep all digits and infinities. All NaNs are "nan". Fields have their
// Go names.
//
// It goes by reflection and knows nothing of the generated conversions.
package canonical

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// Of returns a value that encoding/json writes in the canonical form. message
// is a struct, a pointer to one, or a map[string]any.
func Of(message any) any {
	return of(reflect.Indirect(reflect.ValueOf(message)))
}

func of(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Struct:
		fields := map[string]any{}
		for i := range v.NumField() {
			fields[v.Type().Field(i).Name] = of(v.Field(i))
		}
		return fields
	case reflect.Map:
		values := map[string]any{}
		for _, key := range v.MapKeys() {
			values[key.String()] = of(v.MapIndex(key).Elem())
		}
		return values
	case reflect.Slice, reflect.Array:
		items := make([]any, v.Len())
		for i := range items {
			items[i] = of(v.Index(i))
		}
		return items
	case reflect.Float32:
		if v.Float() != v.Float() {
			return "nan"
		}
		return fmt.Sprintf("%08x", math.Float32bits(float32(v.Float())))
	case reflect.Float64:
		if v.Float() != v.Float() {
			return "nan"
		}
		return fmt.Sprintf("%016x", math.Float64bits(v.Float()))
	default:
		return v.Interface()
	}
}

// Set gives the struct that message points at the values of the canonical form
// in text. It is an error if a field is missing or unknown, or if a value does
// not fit.
func Set(message any, text []byte) error {
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber() // float64 has no room for all integers
	var value any
	if err := d.Decode(&value); err != nil {
		return err
	}
	return set(reflect.ValueOf(message).Elem(), value)
}

func set(v reflect.Value, value any) error {
	mismatch := fmt.Errorf("canonical: %v (%T) does not fit %v", value, value, v.Type())
	switch v.Kind() {
	case reflect.Struct:
		fields, ok := value.(map[string]any)
		if !ok || len(fields) != v.NumField() {
			return mismatch
		}
		for name, value := range fields {
			field := v.FieldByName(name)
			if !field.IsValid() {
				return fmt.Errorf("canonical: %v has no field %s", v.Type(), name)
			}
			if err := set(field, value); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	case reflect.Slice, reflect.Array:
		items, ok := value.([]any)
		if !ok || v.Kind() == reflect.Array && len(items) != v.Len() {
			return mismatch
		}
		if v.Kind() == reflect.Slice {
			v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
		}
		for i, item := range items {
			if err := set(v.Index(i), item); err != nil {
				return err
			}
		}
		return nil
	case reflect.Float32, reflect.Float64:
		digits, ok := value.(string)
		if !ok {
			return mismatch
		}
		if digits == "nan" {
			v.SetFloat(math.NaN())
			return nil
		}
		bits, err := strconv.ParseUint(digits, 16, v.Type().Bits())
		if err != nil {
			return mismatch
		}
		if v.Kind() == reflect.Float32 {
			v.SetFloat(float64(math.Float32frombits(uint32(bits))))
		} else {
			v.SetFloat(math.Float64frombits(bits))
		}
		return nil
	case reflect.Bool:
		b, ok := value.(bool)
		if !ok {
			return mismatch
		}
		v.SetBool(b)
		return nil
	case reflect.String:
		s, ok := value.(string)
		if !ok {
			return mismatch
		}
		v.SetString(s)
		return nil
	}
	number, ok := value.(json.Number)
	if !ok {
		return mismatch
	}
	if v.CanInt() {
		n, err := strconv.ParseInt(number.String(), 10, v.Type().Bits())
		if err != nil {
			return mismatch
		}
		v.SetInt(n)
		return nil
	}
	n, err := strconv.ParseUint(number.String(), 10, v.Type().Bits())
	if err != nil {
		return mismatch
	}
	v.SetUint(n)
	return nil
}
