/** What is sold. Prices in whole euros; `art` is a file of `public/art`. */
export const LOTS = [
  {
    title: 'Camelback telegraph key',
    year: 'c. 1885',
    text: 'Brass lever on a japanned iron base, with its circuit closer. The contacts are worn by some forty years of other people’s news.',
    art: 'telegraph-key.svg',
    opening: 60,
    estimate: [180, 260]
  },
  {
    title: 'Shutter signal lamp',
    year: '1941',
    text: 'Twenty-inch naval searchlight cut down for a trawler’s bridge. Every slat still snaps shut with a sound you can count by.',
    art: 'signal-lamp.svg',
    opening: 120,
    estimate: [320, 480]
  },
  {
    title: 'Bright-emitter triode',
    year: '1923',
    text: 'A valve from the first year of broadcasting, blown by hand, silvered at the shoulder. It lights. It has not been asked to amplify.',
    art: 'triode.svg',
    opening: 35,
    estimate: [90, 140]
  },
  {
    title: 'Rotary telephone, ivory',
    year: '1958',
    text: 'Bakelite case, braided cord, number plate of an exchange that has since become a restaurant. Rings when it wants to.',
    art: 'telephone.svg',
    opening: 45,
    estimate: [110, 170]
  },
  {
    title: 'Harbour light lens, fifth order',
    year: '1902',
    text: 'Fresnel lens of a pier-head light, eleven rings of pressed glass in a bronze frame. One lamp behind it was seen for nine miles.',
    art: 'harbour-lens.svg',
    opening: 240,
    estimate: [900, 1400]
  }
];
