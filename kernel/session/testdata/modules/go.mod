module example.com/me

go 1.26.0

require example.com/shapes v0.0.0

replace example.com/shapes => ./shapes
