import Messages

extension Page {
    /// Where the code of a device is typed.
    struct Device: Sendable {
        /// Why it is asked for again.
        struct Trouble: Sendable {
            let chinese: String
            let english: String
        }

        let typed: String
        let trouble: Trouble?
    }

    /// Whether a device may have what it asked for.
    struct Confirmation: Sendable {
        let code: String
        let client: String
        let person: String
        let gains: [Gain]
        /// Sealed: which question is answered.
        let confirmation: String
        /// Where somebody else signs in.
        let other: String
    }

    /// What a client gets, in words.
    struct Gain: Sendable {
        let chinese: String
        let english: String
    }

    /// What became of a device.
    struct Answered: Sendable {
        let client: String
        let isAllowed: Bool
    }
}

extension Page.Device.Trouble {
    /// Nobody waits by that code.
    static let unknown = Self(
        chinese: "没有找到这个代码，或代码已过期或已使用。请核对设备上显示的代码。",
        english: "No device waits with this code, or it has expired or was used. Check what the device shows."
    )
    /// The question is over.
    static let over = Self(
        chinese: "这次确认已失效。请重新输入设备上显示的代码。",
        english: "This can no longer be answered. Enter the code that the device shows again."
    )
    /// Nothing can be looked up now.
    static let away = Self(
        chinese: "暂时无法处理，请稍后再试。",
        english: "This cannot be done right now. Please try again in a moment."
    )
    /// Too much was tried.
    static let tooMany = Self(
        chinese: "尝试次数过多，请几分钟后再试。",
        english: "There were too many attempts. Please wait a few minutes."
    )
}

extension Scope {
    /// What it opens, in words for the person.
    var gains: [Page.Gain] { Value.allCases.filter { contains($0) }.map(\.gain) }
}

extension ClientScope {
    fileprivate var gain: Page.Gain {
        switch self {
        case .openid: Page.Gain(chinese: "您是谁，属于哪个企业", english: "Who you are, and of which enterprise")
        case .profile: Page.Gain(chinese: "姓名和账号", english: "Your name and user name")
        case .phone: Page.Gain(chinese: "电话号码", english: "Your telephone number")
        case .address: Page.Gain(chinese: "地址", english: "Your address")
        case .email: Page.Gain(chinese: "邮箱地址", english: "Your mail address")
        case .groups: Page.Gain(chinese: "所属部门", english: "Your departments")
        case .offlineAccess: Page.Gain(chinese: "在您离开后保持登录", english: "To stay logged on while you are away")
        case .registry:
            Page.Gain(chinese: "以您的管理员身份进行管理操作", english: "To act for you where you are an administrator")
        }
    }
}
