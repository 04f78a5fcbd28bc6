/// A person whose record was not applied, or not all of it, until somebody decides.
struct Withheld: Equatable {
    /// WeCom's spelling of the user id.
    let externalID: String
    /// Who has the user id now, where that may be another human; else the person is disabled in WeCom, and more lose
    /// access than may.
    var reusedBy: Likeness?
}
