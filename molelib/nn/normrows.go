package nn

// What batch normalization does with one row of a batch: features of plane values each. One
// value for each feature, of dense layers, has a loop of its own, without one around it.

// shiftAndScale computes out = (in − centre)·scale + shift; out may be in.
func shiftAndScale(out, in, centre, scale, shift []float32, plane int) {
	if plane == 1 {
		out, centre, scale, shift = out[:len(in)], centre[:len(in)], scale[:len(in)], shift[:len(in)]
		for j, v := range in {
			out[j] = (v-centre[j])*scale[j] + shift[j]
		}
		return
	}
	for j, c := range centre {
		factor, added := scale[j], shift[j]
		from, to := in[j*plane:(j+1)*plane], out[j*plane:(j+1)*plane]
		for k, v := range from {
			to[k] = (v-c)*factor + added
		}
	}
}

// addValues adds the values of each feature to sum.
func addValues(sum []float64, row []float32, plane int) {
	if plane == 1 {
		sum = sum[:len(row)]
		for j, v := range row {
			sum[j] += float64(v)
		}
		return
	}
	for j := range sum {
		s := 0.0
		for _, v := range row[j*plane : (j+1)*plane] {
			s += float64(v)
		}
		sum[j] += s
	}
}

// addDeviations adds the squares of the deviations from centre to squares, and the
// deviations to sum.
func addDeviations(squares, sum []float64, row, centre []float32, plane int) {
	if plane == 1 {
		squares, sum, centre = squares[:len(row)], sum[:len(row)], centre[:len(row)]
		for j, v := range row {
			d := float64(v) - float64(centre[j])
			squares[j] += d * d
			sum[j] += d
		}
		return
	}
	for j, c := range centre {
		q, s := 0.0, 0.0
		for _, v := range row[j*plane : (j+1)*plane] {
			d := float64(v) - float64(c)
			q += d * d
			s += d
		}
		squares[j] += q
		sum[j] += s
	}
}

// addProducts adds the values of slope to sum, and those of slope·normal to products.
func addProducts(sum, products []float64, slope, normal []float32, plane int) {
	if plane == 1 {
		sum, products, normal = sum[:len(slope)], products[:len(slope)], normal[:len(slope)]
		for j, v := range slope {
			sum[j] += float64(v)
			products[j] += float64(v) * float64(normal[j])
		}
		return
	}
	for j := range sum {
		s, p := 0.0, 0.0
		from, with := slope[j*plane:(j+1)*plane], normal[j*plane:(j+1)*plane]
		for k, v := range from {
			s += float64(v)
			p += float64(v) * float64(with[k])
		}
		sum[j] += s
		products[j] += p
	}
}

// slopes computes out = in·scale − shift − normal·slope; out may be in.
func slopes(out, in, normal, scale, shift, slope []float32, plane int) {
	if plane == 1 {
		out, normal, scale, shift, slope = out[:len(in)], normal[:len(in)], scale[:len(in)], shift[:len(in)], slope[:len(in)]
		for j, v := range in {
			out[j] = v*scale[j] - shift[j] - normal[j]*slope[j]
		}
		return
	}
	for j, factor := range scale {
		minus, times := shift[j], slope[j]
		from, to, with := in[j*plane:(j+1)*plane], out[j*plane:(j+1)*plane], normal[j*plane:(j+1)*plane]
		for k, v := range from {
			to[k] = v*factor - minus - with[k]*times
		}
	}
}
