extension Range where Bound == Int {
    /// The first place for which `isReached` holds, found by halving; the end where it holds for none.
    ///
    /// Where it holds for a place it must hold for all behind it.
    @inline(__always)
    func firstPlace(where isReached: (Int) -> Bool) -> Int {
        var (low, high) = (lowerBound, upperBound)
        while low < high {
            let middle = low + (high - low) / 2
            if isReached(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
