"""Offices that news is attributed to, in ten languages: data. A phrase a slash; `*` stands for any ending.

A role belongs to the state or body named beside it ("Sudan's foreign ministry"), else to the outlet's own country.
Roles with an actor after `=` belong to that one always (the Pentagon, the IAEA).
"""

from __future__ import annotations

OFFICES: dict[str, str] = {
    "foreign-ministry": (
        "foreign ministry/foreign minister/ministry of foreign affairs/foreign affairs ministry"
        "/ministère * des affaires étrangères/ministère des affaires étrangères/affaires étrangères"
        "/chef de la diplomatie/außenministeri*/aussenministeri*/außenamt*/außenminister*"
        "/ministerio de exteriores/ministerio de relaciones exteriores/cancillería*"
        "/ministerio de asuntos exteriores/министерств* иностранных дел/мид/мида/мидом/глав* мид"
        "/міністерств* закордонних справ/мзс/وزارة الخارجية/الخارجية/وزير الخارجية/وزارت خارجه"
        "/وزارت امور خارجه/وزیر خارجه/외무부/외교부/외무성/外交部/外务省/外交发言人"
    ),
    "foreign-ministry=GB": "foreign office",
    "defence-ministry": (
        "defence ministry/defense ministry/ministry of defence/ministry of defense/defence minister"
        "/defense minister/ministère * de la défense/ministère de la défense/ministre de la défense"
        "/verteidigungsministeri*/verteidigungsminister*/ministerio de defensa/ministro de defensa"
        "/ministerio * de defensa/министерств* обороны/минобороны/міністерств* оборони/міноборони"
        "/وزارة الدفاع/وزير الدفاع/وزارت دفاع/وزیر دفاع/국방부/방위성/国防部/防卫省/国防省"
    ),
    "joint-chiefs": (
        "joint chiefs of staff/joint chiefs/chefs d'état-major interarmées/état-major interarmées"
        "/generalstab*/estado mayor conjunto/комитет* начальников штабов/комітет* начальників штабів"
        "/هيئة الأركان المشتركة/ستاد مشترک/합동참모본부/합참/联合参谋本部/联参"
    ),
    "general-staff": (
        "general staff/état-major général/état-major/генеральн* штаб*/генштаб*/генеральн* штаб*"
        "/هيئة الأركان/ستاد کل/총참모부/总参谋部/estado mayor"
    ),
    "air-force": (
        "air force/armée de l'air/forces aériennes/luftwaffe/luftstreitkräfte/fuerza aérea"
        "/военно-воздушн* сил*/ввс/повітрян* сил*/القوات الجوية/سلاح الجو/نیروی هوایی/공군/空军"
    ),
    "navy": "navy/marine nationale/armada/военно-морск*/вмс/вмф/البحرية/نیروی دریایی/해군/海军",
    "coast-guard": (
        "coast guard/garde-côtes/küstenwache/guardia costera/берегов* охран*/خفر السواحل/گارد ساحلی"
        "/해안경비대/해경/海警/海岸警卫队"
    ),
    "army": (
        "army/military/armed forces/l'armée/armée/forces armées/armee/streitkräfte*/ejército"
        "/fuerzas armadas/вооруженн* сил*/арми*/збройн* сил*/الجيش/القوات المسلحة/ارتش/نیروهای مسلح"
        "/육군/군 당국/军方/武装部队"
    ),
    "intelligence": (
        "intelligence officials/intelligence officers/intelligence agenc*/intelligence service*"
        "/intelligence reports/intelligence/renseignement*/services de renseignement/geheimdienst*"
        "/nachrichtendienst*/inteligencia/разведк*/разведыват*/розвідк*/الاستخبارات/للاستخبارات"
        "/المخابرات/اطلاعاتی/정보 당국/정보당국/情报"
    ),
    "treasury": (
        "treasury/finance ministry/trésor/ministère des finances/ministère * des finances"
        "/finanzministeri*/tesoro/ministerio de hacienda/минфин*/министерств* финансов/казначейств*"
        "/міністерств* фінансів/мінфін*/وزارة الخزانة/الخزانة/وزارة المالية/وزارت خزانه داری"
        "/خزانه‌داری/وزارت خزانه‌داری/재무부/财政部/财务省"
    ),
    "commerce-ministry": (
        "commerce ministry/ministry of commerce/trade ministry/commerce department"
        "/ministère du commerce/ministère * du commerce/handelsministeri*/ministerio de comercio"
        "/министерств* торговли/минторг*/міністерств* торгівлі/وزارة التجارة/وزارت بازرگانی/상무부"
        "/商务部"
    ),
    "industry-ministry": (
        "industry ministry/ministry of industry/ministère de l'industrie/wirtschaftsministeri*"
        "/ministerio de industria/минпромторг*/министерств* промышленности/міністерств* промисловості"
        "/وزارة الصناعة/산업부/工信部/工业部"
    ),
    "procurement-agency": (
        "procurement agency/procurement administration/defence procurement"
        "/defense acquisition program administration/direction générale de l'armement"
        "/beschaffungsamt*/beschaffungsbehörde*/agencia de adquisiciones/방위사업청/방사청/采购局"
    ),
    "presidency": (
        "presidency/president's office/presidential office/decree/l'élysée/présidence/präsidialamt*"
        "/präsidialerlass*/erlass*/presidencia/указ*/администраци* президента/офіс* президента/указ*"
        "/الرئاسة/ریاست جمهوری/대통령실/总统府"
    ),
    "government": (
        "cabinet/federal council/government spokes*/conseil fédéral/gouvernement/bundesrat"
        "/bundesregierung/consejo de ministros/gobierno/правительств*/кабинет* министров/уряд*"
        "/кабінет* міністрів/مجلس الوزراء/الحكومة/دولت/국무회의/国务院"
    ),
    "atomic-agency": (
        "atomic energy organization/atomic energy organisation/organisation de l'énergie atomique"
        "/atomenergieorganisation*/atombehörde*/organización de energía atómica"
        "/организаци* по атомной энергии/организаци* атомной энергии/منظمة الطاقة الذرية"
        "/سازمان انرژی اتمی/원자력청/원자력기구/原子能组织"
    ),
    "interior-ministry": (
        "interior ministry/home office/ministère de l'intérieur/innenministeri*"
        "/ministerio del interior/мвд/министерств* внутренних дел/мвс/міністерств* внутрішніх справ"
        "/وزارة الداخلية/وزارت کشور/내무부/内政部"
    ),
    "multinational-brigade=NATO": (
        "multinational brigade/brigade multinationale/multinationale brigade/multinationalen brigade"
        "/brigada multinacional/многонациональн* бригад*/багатонаціональн* бригад*"
        "/لواء متعدد الجنسيات/تیپ چندملیتی/다국적 여단/多国旅"
    ),
    "iaea=UN": (
        "international atomic energy agency/iaea/agence internationale de l'énergie atomique/aiea"
        "/internationale atomenergiebehörde/iaeo/iaea/organismo internacional de energía atómica/oiea"
        "/магатэ/магате/الوكالة الدولية للطاقة الذرية/الوكالة الدولية/آژانس بین‌المللی انرژی اتمی"
        "/آژانس/국제원자력기구/国际原子能机构"
    ),
    "council=EU": (
        "council of the eu/eu council/council of the european union/conseil de l'ue"
        "/conseil de l'union européenne/rat der eu/eu-rat*/rat der europäischen union"
        "/consejo de la ue/consejo de la unión europea/совет* ес/совет* евросоюза/рад* єс"
        "/مجلس الاتحاد الأوروبي/شورای اتحادیه اروپا/eu 이사회/欧盟理事会"
    ),
    "envoy=UN": (
        "un envoy/un special envoy/envoyé de l'onu/envoyé spécial de l'onu/émissaire de l'onu"
        "/émissaire des nations unies/envoyé des nations unies/un-gesandte*/un-sondergesandte*"
        "/enviado de la onu/спецпосланник* оон/посланник* оон/спецпосланець оон/المبعوث الأممي"
        "/مبعوث الأمم المتحدة/فرستاده سازمان ملل/유엔 특사/联合国特使"
    ),
    "kremlin=RU": "kremlin/kreml/кремл*/кремль/الكرملين/کرملین/크렘린/克里姆林宫",
    "white-house=US": (
        "white house/maison blanche/weiße* haus*/casa blanca/белый дом/белого дома/білий дім"
        "/البيت الأبيض/کاخ سفید/백악관/白宫"
    ),
    "pentagon=US": "pentagon*/pentágono/пентагон*/البنتاغون/پنتاگون/펜타곤/펜타곤/五角大楼",
}

SAYING = (
    "said/says/say/told/announced/reported/stated/according to/confirmed/denied/denies/described"
    "/citing/cited/called/a annoncé/annoncé/a déclaré/a indiqué/a démenti/dément/a confirmé/selon"
    "/rapporte/cite/affirme/déplore/d'après/mitteilte/teilte/sagte/erklärte/laut/nach angaben"
    "/bestätigte/zufolge/wies/zurückgewiesen/kündigte/berichtet/informó/anunció/dijo/según/confirmó"
    "/negó/desmintió/declaró/suspendió/сообщил*/заявил*/сообщает/по данным/подтвердил*/опроверг*"
    "/объявил*/со ссылкой/говорится/рассказал*/передает/повідомил*/заявил*/за даними/підтвердил*"
    "/спростувал*/оголосил*/قال/قالت/أعلن/أعلنت/أفاد/أفادت/أكد/أكدت/نفت/نفى/وفق/بحسب/ذكرت/نقلا/أوضحت"
    "/وصفت/گفت/اعلام کرد/به گفته/تکذیب/خبر داد/تایید کرد/اعلام/خواند/밝혔다/말했다/발표/전했다/인용"
    "/부인/따르면/확인/밝혀/表示/说/称/宣布/通报/否认/证实/发布/回应"
)

UNNAMED = (
    "media reports/press reports/local media/unnamed source/anonymous source/selon des médias"
    "/selon la presse/medienberichten zufolge/nach medienberichten/medienberichte*/según medios"
    "/medios locales/по данным сми/сообщают сми/за даними змі/повідомляють змі/تقارير إعلامية"
    "/وسائل إعلام/گزارش رسانه/به گزارش رسانه/언론 보도/현지 언론/据媒体/媒体报道"
)

AGENCIES: dict[str, str] = {
    "AFP": "afp/афп/أ ف ب/فرانس برس/فرانس‌پرس/afp통신/法新社",
    "AP": "ap/associated press/ассошиэйтед пресс/أسوشيتد برس/آسوشیتدپرس/ap통신/美联社",
    "Reuters": "reuters/рейтер*/رويترز/رویترز/로이터/路透社",
    "TASS": "tass/тасс/تاس/타스/塔斯社",
    "RIA Novosti": "ria novosti/риа новости/рианоувости/俄新社",
    "Interfax": "interfax/интерфакс*/інтерфакс*",
    "Ukrinform": "ukrinform/укринформ*/укрінформ*",
    "dpa": "dpa/дпа/د ب أ",
    "EFE": "efe/إفي/эфе",
    "Xinhua": "xinhua/新华社/синьхуа/شينخوا/شینهوا/신화통신/신화",
    "Yonhap": "yonhap/연합뉴스/ёнхап/韩联社/يونهاب",
    "KCNA": "kcna/цтак/조선중앙통신/朝中社",
    "IRNA": "irna/ирна/إرنا/ایرنا/이르나/伊通社",
    "Anadolu": "anadolu/аnadolu/анадолу/الأناضول/آناتولی",
    "SUNA": "suna/سونا/وكالة السودان للأنباء",
    "ANSA": "ansa",
    "Kyodo": "kyodo/共同社/교도통신/киодо",
}
