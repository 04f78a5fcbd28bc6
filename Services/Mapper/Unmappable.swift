/// Why a whole message cannot be mapped: it goes to the dead letters.
struct Unmappable: Error, Equatable, CustomStringConvertible {
    /// Fit for a log: no data of persons.
    let description: String

    init(_ description: String) { self.description = description }
}
