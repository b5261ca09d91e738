(defglobal ?*n* = 0)

(deffunction fire (?rule ?option)
  (bind ?*n* (+ ?*n* 1))
  (assert (fired (n ?*n*) (rule ?rule) (option ?option))))

; CLIPS integers have 64 bits and wrap around unnoticed: what does not fit is left a float, and seen as one
(deffunction times (?a ?b)
  (bind ?near (* (float ?a) ?b))
  (if (< (abs ?near) 9.2e18) then (* ?a ?b) else ?near))

(deffunction plus (?a ?b)
  (bind ?near (+ (float ?a) ?b))
  (if (< (abs ?near) 9.2e18) then (+ ?a ?b) else ?near))

(deffunction minus (?a ?b)
  (bind ?near (- (float ?a) ?b))
  (if (< (abs ?near) 9.2e18) then (- ?a ?b) else ?near))

(deffunction rounded (?a ?by)
  (if (floatp ?a) then (return (/ ?a ?by)))
  (bind ?whole (div (+ (abs ?a) (div ?by 2)) ?by))
  (if (< ?a 0) then (- 0 ?whole) else ?whole))

(deffunction years-between (?from ?to)
  (- (div (+ (- ?to ?from) 100000000) 10000) 10000))
