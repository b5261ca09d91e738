(deftemplate score (slot name) (slot option) (slot low) (slot high))
(deftemplate row (slot by) (slot n) (slot so))

(deffunction stands (?by ?n)
  (if (any-factp ((?f row)) (and (eq ?f:by ?by) (eq ?f:n ?n) (eq ?f:so yes))) then (return yes))
  (if (any-factp ((?f row)) (and (eq ?f:by ?by) (eq ?f:n ?n) (eq ?f:so no))) then (return no))
  open)

(deffunction answered (?attribute ?else)
  (do-for-fact ((?f answer)) (eq ?f:attribute ?attribute) (return ?f:value))
  ?else)

(deffunction low-of (?name ?option)
  (do-for-fact ((?f score)) (and (eq ?f:name ?name) (eq ?f:option ?option)) (return ?f:low))
  0)

(deffunction high-of (?name ?option)
  (do-for-fact ((?f score)) (and (eq ?f:name ?name) (eq ?f:option ?option)) (return ?f:high))
  0)
