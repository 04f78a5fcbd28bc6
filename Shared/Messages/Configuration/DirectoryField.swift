/// The fields that every user of the directory has.
public enum DirectoryField: String, Codable, Sendable, CaseIterable {
    /// What the person is called by programs.
    case username
    /// What the person is called by people.
    case displayName
    /// The address for mail.
    case email
    /// The number of the mobile phone.
    case mobile
    /// The number on the desk.
    case telephone
    /// The position in the enterprise.
    case title
    /// Another name.
    case alias
    /// The gender.
    case gender
    /// The number that the enterprise gave the person.
    case employeeNumber
    /// The address of the picture.
    case avatar
    /// Where the person works.
    case address
    /// WeCom user id of whom the person reports to.
    case manager
    /// What the department is called towards other programs.
    case department
    /// The language.
    case locale
    /// Whether the person may log on: a rule can shut out whom WeCom lets in, never the other way round.
    case status

    /// Those that hold a text.
    public static let texts = allCases.filter { $0 != .status }
}

extension UserRecord {
    /// A field that holds a text; of ``DirectoryField/status`` nothing is told, and nothing taken.
    public subscript(field: DirectoryField) -> String? {
        get {
            switch field {
            case .username: username
            case .displayName: displayName
            case .email: email
            case .mobile: mobile
            case .telephone: telephone
            case .title: title
            case .alias: alias
            case .gender: gender
            case .employeeNumber: employeeNumber
            case .avatar: avatar
            case .address: address
            case .manager: manager
            case .department: department
            case .locale: locale
            case .status: nil
            }
        }
        set {
            switch field {
            case .username: username = newValue
            case .displayName: displayName = newValue
            case .email: email = newValue
            case .mobile: mobile = newValue
            case .telephone: telephone = newValue
            case .title: title = newValue
            case .alias: alias = newValue
            case .gender: gender = newValue
            case .employeeNumber: employeeNumber = newValue
            case .avatar: avatar = newValue
            case .address: address = newValue
            case .manager: manager = newValue
            case .department: department = newValue
            case .locale: locale = newValue
            case .status: break
            }
        }
    }
}
