import WeCom

/// What people are told of a reason, in Chinese and English: what happened, who acts, and how.
struct Explanation: Equatable, Sendable {
    /// What happened, in Chinese.
    let chinese: String
    /// What happened, in English.
    let english: String
    /// What helps, in Chinese.
    let chineseFix: String
    /// What helps, in English.
    let englishFix: String
    /// Who can mend it.
    let actor: ResponsibleParty
}

extension LogonReason {
    /// The words for people.
    var explanation: Explanation {
        switch self {
        case .unknownEnterprise, .noIdentityProvider, .denied, .codeExpired, .otherPerson, .otherTenantsClient:
            ofTheWayHere
        case .stateUnknown, .stateExpired, .stateReplayed: ofTheState
        case .identityProviderClosed, .tenantSuspended, .identityProviderNotAuthorized, .authorizationRevoked,
            .schemaMismatch:
            ofTheIdentityProvider
        case .outsideVisibleRange, .outsideScope, .userUnknown, .userDisabled, .userHeld, .notAMember, .otherCorp:
            ofThePerson
        case .wecomUnavailable, .tooManyTries, .configurationUnknown, .serviceUnavailable, .internal: ofTheService
        }
    }

    private var ofTheWayHere: Explanation {
        switch self {
        case .unknownEnterprise:
            Explanation(
                chinese: "没有找到这个企业标识。",
                english: "No enterprise has this enterprise ID.",
                chineseFix: "请核对企业标识后重新输入；如不清楚，请向管理员询问。",
                englishFix: "Check the enterprise ID and enter it again, or ask your administrator for it.",
                actor: .employee
            )
        case .noIdentityProvider:
            Explanation(
                chinese: "该企业目前没有可用于登录的身份源。",
                english: "The enterprise has no identity source that people can log on with at present.",
                chineseFix: "请管理员在控制台启用身份源并完成企业微信授权。",
                englishFix: "An administrator enables an identity source in the console and authorizes it in WeCom.",
                actor: .enterpriseAdministrator
            )
        case .otherPerson:
            Explanation(
                chinese: "登录的账号不是应用所要求的账号。",
                english: "Who signed in is not whom the application expected.",
                chineseFix: "请使用应用中原来的企业微信账号登录，或先在应用中退出登录。",
                englishFix: "Sign in with the account that you use in the application, or log off there first.",
                actor: .employee
            )
        case .otherTenantsClient:
            Explanation(
                chinese: "该应用只供另一个企业的员工使用。",
                english: "The application is for another enterprise's people alone.",
                chineseFix: "请核对企业标识；如需使用该应用，请联系其提供方。",
                englishFix:
                    "Check the enterprise ID, or ask whoever gave you the application for one of your enterprise.",
                actor: .employee
            )
        case .denied:
            Explanation(
                chinese: "企业微信没有同意这次登录，或登录已被取消。",
                english: "WeCom did not agree to the logon, or it was cancelled.",
                chineseFix: "请重新登录，并在企业微信中点击确认。",
                englishFix: "Log on again and confirm it in WeCom.",
                actor: .employee
            )
        default:
            Explanation(
                chinese: "企业微信的登录凭证已过期或已被使用。",
                english: "WeCom's proof of the logon has expired or was used before.",
                chineseFix: "请重新登录。",
                englishFix: "Log on again.",
                actor: .employee
            )
        }
    }

    private var ofTheState: Explanation {
        switch self {
        case .stateExpired:
            Explanation(
                chinese: "这次登录等待太久，已过期。",
                english: "This logon took too long and has expired.",
                chineseFix: "请重新登录，并在十分钟内完成。",
                englishFix: "Log on again, and sign in with WeCom within ten minutes.",
                actor: .employee
            )
        case .stateReplayed:
            Explanation(
                chinese: "这次登录已经完成或已经使用过。",
                english: "This logon is already over.",
                chineseFix: "如果应用没有打开，请回到应用重新登录。",
                englishFix: "If the application did not open, go back to it and log on again.",
                actor: .employee
            )
        default:
            Explanation(
                chinese: "这次登录不是在此浏览器中开始的。",
                english: "This logon was not begun in this browser.",
                chineseFix: "请回到客户端重新开始登录，并允许浏览器使用 Cookie。",
                englishFix: "Go back to the client and start again; the browser has to accept cookies.",
                actor: .employee
            )
        }
    }

    private var ofTheIdentityProvider: Explanation {
        switch self {
        case .identityProviderClosed:
            Explanation(
                chinese: "该身份源已关闭。",
                english: "The identity source is closed.",
                chineseFix: "请管理员在控制台将身份源状态改为启用。",
                englishFix: "An administrator sets the identity source's status to enabled in the console.",
                actor: .enterpriseAdministrator
            )
        case .tenantSuspended:
            Explanation(
                chinese: "企业的服务已暂停。",
                english: "The enterprise's service is suspended.",
                chineseFix: "请管理员联系服务提供方恢复服务。",
                englishFix: "An administrator asks the provider of the service to resume it.",
                actor: .operator
            )
        case .authorizationRevoked:
            Explanation(
                chinese: "企业已在企业微信中取消了对应用的授权。",
                english: "The enterprise has taken back the app's authorization in WeCom.",
                chineseFix: "请管理员重新获取授权二维码并扫码授权。",
                englishFix: "An administrator obtains a new authorization QR code and scans it.",
                actor: .enterpriseAdministrator
            )
        case .schemaMismatch:
            Explanation(
                chinese: "客户端使用的 schema 与身份源不一致。",
                english: "The client's schema is not the one of the identity source.",
                chineseFix: "请管理员核对身份源的 schema（由企业 ID 与应用 AgentID 得出）。",
                englishFix:
                    "An administrator checks the schema, which follows from the corp ID and the app's agent ID.",
                actor: .enterpriseAdministrator
            )
        default:
            Explanation(
                chinese: "该身份源尚未完成企业微信授权。",
                english: "The identity source is not properly authorized in WeCom.",
                chineseFix: "请管理员获取授权二维码并扫码授权，或检查应用的配置。",
                englishFix: "An administrator scans the authorization QR code, or checks the app's settings in WeCom.",
                actor: .enterpriseAdministrator
            )
        }
    }

    private var ofThePerson: Explanation {
        switch self {
        case .outsideVisibleRange:
            Explanation(
                chinese: "您不在应用的可见范围内。",
                english: "You are outside the app's visible range in WeCom.",
                chineseFix: "请管理员在企业微信管理后台将您或您的部门加入应用的可见范围，然后同步。",
                englishFix:
                    "An administrator adds you or your department to the app's visible range, then synchronizes.",
                actor: .enterpriseAdministrator
            )
        case .outsideScope:
            Explanation(
                chinese: "您不在同步范围内。",
                english: "You are outside what is synchronized.",
                chineseFix: "请管理员将您的部门加入同步范围，或修改过滤条件，然后同步。",
                englishFix:
                    "An administrator adds your department to what is synchronized, or changes the filters, then "
                    + "synchronizes.",
                actor: .enterpriseAdministrator
            )
        case .userHeld:
            Explanation(
                chinese: "您的账号有待管理员确认的变更。",
                english: "A change of your account waits for an administrator.",
                chineseFix: "请管理员在控制台查看被暂缓的变更，并批准或拒绝。",
                englishFix: "An administrator looks at what is held in the console, and approves or rejects it.",
                actor: .enterpriseAdministrator
            )
        case .userUnknown:
            Explanation(
                chinese: "您的账号还没有同步。",
                english: "Your account has not been synchronized yet.",
                chineseFix: "请管理员检查同步范围并执行一次同步。",
                englishFix: "An administrator checks what is synchronized and starts a synchronization.",
                actor: .enterpriseAdministrator
            )
        case .userDisabled:
            Explanation(
                chinese: "您的账号已停用。",
                english: "Your account is disabled.",
                chineseFix: "请管理员在企业微信中启用您的账号，然后同步。",
                englishFix: "An administrator enables your account in WeCom, then synchronizes.",
                actor: .enterpriseAdministrator
            )
        case .otherCorp:
            Explanation(
                chinese: "登录的账号属于另一个企业。",
                english: "The account that signed in belongs to another enterprise.",
                chineseFix: "请在企业微信中切换到该企业后重新登录。",
                englishFix: "Switch to this enterprise in WeCom, then log on again.",
                actor: .employee
            )
        default:
            Explanation(
                chinese: "登录的微信账号不是该企业的成员。",
                english: "The account that signed in is not a member of the enterprise.",
                chineseFix: "请使用该企业的企业微信账号重新登录。",
                englishFix: "Log on again with your WeCom account of this enterprise.",
                actor: .employee
            )
        }
    }

    private var ofTheService: Explanation {
        switch self {
        case .wecomUnavailable:
            Explanation(
                chinese: "暂时无法连接企业微信。",
                english: "WeCom cannot be reached at present.",
                chineseFix: "请稍后重试；已登录的会话不受影响。",
                englishFix: "Try again in a few minutes; sessions that exist already go on.",
                actor: .operator
            )
        case .tooManyTries:
            Explanation(
                chinese: "最近尝试次数过多，暂时不再处理登录。",
                english: "There were too many attempts.",
                chineseFix: "请稍后重新登录。",
                englishFix: "Please wait a few minutes, then log on again.",
                actor: .employee
            )
        case .configurationUnknown:
            Explanation(
                chinese: "暂时读不到身份源的配置。",
                english: "The identity source's settings are not at hand at present.",
                chineseFix: "请稍后重试；已登录的会话不受影响。如持续出现，请将诊断编号告知服务人员。",
                englishFix:
                    "Try again in a few minutes; sessions that exist already go on. If it lasts, give the diagnosis id "
                    + "to your operator.",
                actor: .operator
            )
        case .serviceUnavailable:
            Explanation(
                chinese: "登录服务暂时不可用。",
                english: "The logon service is not available at present.",
                chineseFix: "请稍后重试；如持续出现，请将诊断编号告知服务人员。",
                englishFix: "Try again in a few minutes. If it lasts, give the diagnosis id to your operator.",
                actor: .operator
            )
        default:
            Explanation(
                chinese: "系统发生错误。",
                english: "Something went wrong on our side.",
                chineseFix: "请稍后重试；如仍失败，请将诊断编号告知服务人员。",
                englishFix: "Try again; if it fails again, give the diagnosis id to your operator.",
                actor: .operator
            )
        }
    }
}
