# What all charts share. Written before it: set output; after it: data, and the chart itself.
set terminal svg size 960,480 font "sans-serif,13" background "white" dynamic
ours = "#2563a8"; theirs = "#e08a1e"; plain = "#9aa3ad"
set border 3 lc "#606060"
set tics nomirror out scale 0.5
set grid ytics lc "#d8d8d8" lw 1 lt 1
set key tmargin left horizontal reverse Left samplen 2 noenhanced
set style fill solid 1 noborder
