/** Names and words that the shop's rows are made of. All people and addresses are invented. */

export interface Place {
  readonly country: string;
  readonly currency: string;
  readonly dial: string;
  readonly cities: readonly string[];
  readonly given: readonly string[];
  readonly family: readonly string[];
}

export const places: readonly Place[] = [
  {
    country: "DE",
    currency: "EUR",
    dial: "+49",
    cities: ["Köln", "Leipzig", "Osnabrück", "Freiburg"],
    given: ["Jürgen", "Anneliese", "Mareike", "Björn", "Käthe"],
    family: ["Müller", "Weiß", "Schröder", "Vogt", "Krämer"],
  },
  {
    country: "FR",
    currency: "EUR",
    dial: "+33",
    cities: ["Orléans", "Besançon", "Nîmes", "Lyon"],
    given: ["Zoé", "François", "Maël", "Hélène", "Noémie"],
    family: ["Lefèvre", "Dubois", "Garçon", "Aubry", "d'Arcy"],
  },
  {
    country: "PL",
    currency: "PLN",
    dial: "+48",
    cities: ["Łódź", "Gdańsk", "Kraków", "Poznań"],
    given: ["Małgorzata", "Paweł", "Zofia", "Grzegorz", "Agnieszka"],
    family: ["Wójcik", "Kowalczyk", "Zieliński", "Dąbrowska", "Pająk"],
  },
  {
    country: "BR",
    currency: "BRL",
    dial: "+55",
    cities: ["São Paulo", "Brasília", "Florianópolis", "Belém"],
    given: ["João", "Conceição", "Thaís", "Luís", "Beatriz"],
    family: ["Gonçalves", "Araújo", "Magalhães", "Simões", "Corrêa"],
  },
  {
    country: "JP",
    currency: "JPY",
    dial: "+81",
    cities: ["京都市", "札幌市", "福岡市", "仙台市"],
    given: ["陽菜", "蓮", "結衣", "大翔", "美咲"],
    family: ["佐藤", "鈴木", "高橋", "渡辺", "小林"],
  },
  {
    country: "GR",
    currency: "EUR",
    dial: "+30",
    cities: ["Θεσσαλονίκη", "Πάτρα", "Ηράκλειο", "Βόλος"],
    given: ["Ελένη", "Γιώργος", "Κατερίνα", "Νίκος", "Σοφία"],
    family: ["Παπαδοπούλου", "Νικολάου", "Γεωργίου", "Δημητρίου", "Ιωάννου"],
  },
  {
    country: "IN",
    currency: "INR",
    dial: "+91",
    cities: ["Pune", "Kochi", "जयपुर", "Chennai"],
    given: ["Aarav", "Priya", "Ishaan", "Lakshmi", "Rohan"],
    family: ["Iyer", "Chatterjee", "Patil", "Nair", "Sharma"],
  },
  {
    country: "IE",
    currency: "EUR",
    dial: "+353",
    cities: ["Galway", "Cork", "Dún Laoghaire", "Sligo"],
    given: ["Siobhán", "Pádraig", "Niamh", "Eoin", "Aoife"],
    family: ["O'Brien", "Ní Dhonnchadha", "Byrne", "Ó Súilleabháin", "Walsh"],
  },
];

export const productNouns: readonly { readonly category: string; readonly nouns: readonly string[] }[] = [
  { category: "kitchen", nouns: ["kettle", "chef's knife", "mortar", "casserole", "coffee grinder"] },
  { category: "garden", nouns: ["secateurs", "watering can", "hammock", "rain barrel", "bird feeder"] },
  { category: "office", nouns: ["desk lamp", "notebook", "fountain pen", "paper tray", "monitor arm"] },
  { category: "outdoor", nouns: ["tent", "head torch", "thermos flask", "compass", "rucksack"] },
];

export const productAdjectives = [
  "oak",
  "enamelled",
  "folding",
  "compact",
  "matt black",
  "café",
  "Nº 5",
  "recycled",
  "9″",
  "linen",
  "copper",
  "±1 °C",
];

export const orderNotes = [
  "Please ring the bell twice.",
  "Leave it with the neighbour (2nd floor).",
  "Gift wrapping; card: “Alles Gute! 🎉”",
  "Deliver after 18:00\nnot before.",
  "Customer asked for invoice on paper; 100% sure.",
  "",
];

export const warehousePlaces = [
  { name: "Rotterdam Maasvlakte", country: "NL", opens: "05:30:00", closes: "22:00:00", since: 1998, latitude: 51.9496, longitude: 4.0181 },
  { name: "Łódź Olechów", country: "PL", opens: "06:00:00", closes: "23:30:00", since: 2011, latitude: 51.7323, longitude: 19.5672 },
  { name: "Campinas", country: "BR", opens: "00:00:00", closes: "23:59:59", since: 2016, latitude: -22.9099, longitude: -47.0626 },
  { name: "大阪南港", country: "JP", opens: "07:15:00", closes: "21:45:00", since: 2020, latitude: 34.6361, longitude: 135.4145 },
];
