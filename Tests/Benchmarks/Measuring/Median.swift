extension Sequence<Double> {
    /// The value in the middle; of an even number the mean of both in the middle; `nil` of none.
    var median: Double? {
        let values = sorted()
        guard !values.isEmpty else { return nil }
        return (values[(values.count - 1) / 2] + values[values.count / 2]) / 2
    }

    /// The value that `share` of all are not above, 0 to 1; `nil` of none.
    func percentile(_ share: Double) -> Double? {
        let values = sorted()
        guard !values.isEmpty else { return nil }
        return values[Swift.min(values.count - 1, Int((Double(values.count) * share).rounded(.up)) - 1)]
    }
}
